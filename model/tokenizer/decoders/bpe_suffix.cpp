// BPEDecoder: the suffix that ends a word becomes a space, at the text's end nothing.

#include "model/tokenizer/decoders/decoders.h"
#include "model/tokenizer/text_replace.h"

namespace gatescope {
namespace {

class BpeSuffixDecoder : public Decoder {
  public:
    explicit BpeSuffixDecoder(const StageJson& stage) : suffix_(stage.optional_string("suffix").value_or("</w>")) {}

    void apply(std::vector<std::string>& tokens) const override {
        for (std::size_t i = 0; i < tokens.size(); ++i)
            tokens[i] = replace_all(tokens[i], suffix_, i + 1 == tokens.size() ? "" : " ");
    }
    std::string piece(std::string token) const override { return replace_all(token, suffix_, " "); }

  private:
    std::string suffix_;
};

}  // namespace

std::unique_ptr<Decoder> make_bpe_suffix_decoder(const StageJson& stage) {
    return std::make_unique<BpeSuffixDecoder>(stage);
}

}  // namespace gatescope
