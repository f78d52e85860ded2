// Replace: a pattern's matches in each token become a fixed text.

#include "model/tokenizer/decoders/decoders.h"
#include "model/tokenizer/text_replacer.h"

namespace gatescope {
namespace {

class ReplaceDecoder : public Decoder {
  public:
    explicit ReplaceDecoder(const StageJson& stage) : replacer_(stage) {}
    void apply(std::vector<std::string>& tokens) const override {
        for (std::string& token : tokens) token = replacer_.apply(token);
    }
    std::string piece(std::string token) const override { return replacer_.apply(token); }

  private:
    TextReplacer replacer_;
};

}  // namespace

std::unique_ptr<Decoder> make_replace_decoder(const StageJson& stage) {
    return std::make_unique<ReplaceDecoder>(stage);
}

}  // namespace gatescope
