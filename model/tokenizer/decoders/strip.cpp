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

    std::unique_ptr<TokenSink> open(TokenSink& next) const override { return std::make_unique<Sink>(*this, next); }
    // Stands behind Fuse in the files that have it: at a text's ends.
    std::string piece(std::string token) const override { return token; }

  private:
    class Sink : public DecoderSink {
      public:
        Sink(const StripDecoder& stage, TokenSink& next) : DecoderSink(next), stage_(stage) {}
        void take(std::string token) override {
            const std::string& content = stage_.content_;
            std::string_view left = token;
            for (auto n = stage_.start_; n > 0 && left.starts_with(content); --n) left.remove_prefix(content.size());
            for (auto n = stage_.stop_; n > 0 && left.ends_with(content); --n) left.remove_suffix(content.size());
            next().take(left.size() == token.size() ? std::move(token) : std::string(left));
        }

      private:
        const StripDecoder& stage_;
    };

    std::string content_;
    std::int64_t start_, stop_;
};

}  // namespace

std::unique_ptr<Decoder> make_strip_decoder(const StageJson& stage) {
    return std::make_unique<StripDecoder>(stage);
}

}  // namespace gatescope
