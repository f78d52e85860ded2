// ByteLevel: GPT-2's byte alphabet back to bytes; a token that has other characters stays what it is.

#include "model/tokenizer/byte_alphabet.h"
#include "model/tokenizer/decoders/decoders.h"
#include "model/tokenizer/tokenizer.h"

namespace gatescope {
namespace {

class ByteLevelDecoder : public Decoder {
  public:
    void apply(std::vector<std::string>& tokens) const override {
        std::string bytes;
        for (const std::string& token : tokens) bytes += piece(token);
        tokens.assign(1, replace_invalid_utf8(bytes));
    }
    std::string piece(std::string token) const override { return bytes_of_token(token).value_or(std::move(token)); }
};

}  // namespace

std::unique_ptr<Decoder> make_byte_level_decoder() {
    return std::make_unique<ByteLevelDecoder>();
}

std::unique_ptr<Decoder> make_byte_level_decoder(const StageJson&) {
    return make_byte_level_decoder();
}

}  // namespace gatescope
