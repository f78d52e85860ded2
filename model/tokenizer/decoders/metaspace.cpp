// Metaspace: the character that stands for a space becomes one; at a text's beginning, where one was put in, nothing.

#include "model/tokenizer/decoders/decoders.h"
#include "model/tokenizer/metaspace_options.h"
#include "model/tokenizer/text_replace.h"

namespace gatescope {
namespace {

class MetaspaceDecoder : public Decoder {
  public:
    explicit MetaspaceDecoder(const StageJson& stage) : options_(read_metaspace(stage)) {}

    void apply(std::vector<std::string>& tokens) const override {
        for (std::size_t i = 0; i < tokens.size(); ++i) {
            const bool drop = i == 0 && options_.prepend != PrependScheme::kNever;
            tokens[i] = replace_all(tokens[i], options_.replacement, drop ? "" : " ");
        }
    }
    std::string piece(std::string token) const override { return replace_all(token, options_.replacement, " "); }

  private:
    MetaspaceOptions options_;
};

}  // namespace

std::unique_ptr<Decoder> make_metaspace_decoder(const StageJson& stage) {
    return std::make_unique<MetaspaceDecoder>(stage);
}

}  // namespace gatescope
