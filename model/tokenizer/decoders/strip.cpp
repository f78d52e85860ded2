// Strip: up to so many of one character off each token's ends.

#include "model/core/error.h"
#include "model/tokenizer/decoders/decoders.h"
#include "model/tokenizer/utf8.h"

namespace gatescope {
namespace {

class StripDecoder : public Decoder {
  public:
    explicit StripDecoder(const StageJson& stage)
        : content_(stage.string("content")), start_(stage.integer("start", 0)), stop_(stage.integer("stop", 0)) {
        if (content_.empty() || utf8_step(content_, 0).length != content_.size())
            stage.bad("content", "is not one character");
        if (start_ < 0) stage.bad("start", "is negative");
        if (stop_ < 0) stage.bad("stop", "is negative");
    }

    void apply(std::vector<std::string>& tokens) const override {
        for (std::string& token : tokens) {
            std::string_view left = token;
            for (std::int64_t i = 0; i < start_ && left.starts_with(content_); ++i) left.remove_prefix(content_.size());
            for (std::int64_t i = 0; i < stop_ && left.ends_with(content_); ++i) left.remove_suffix(content_.size());
            token = std::string(left);
        }
    }
    // Stands behind Fuse in the files that have it: at a text's ends.
    std::string piece(std::string token) const override { return token; }

  private:
    std::string content_;
    std::int64_t start_, stop_;
};

}  // namespace

std::unique_ptr<Decoder> make_strip_decoder(const StageJson& stage) {
    return std::make_unique<StripDecoder>(stage);
}

}  // namespace gatescope
