// ByteLevel: GPT-2's byte alphabet back to bytes; a token that has other characters stays what it is.

#include "model/tokenizer/byte_alphabet.h"
#include "model/tokenizer/decoders/decoders.h"
#include "model/tokenizer/tokenizer.h"

namespace gatescope {
namespace {

std::string bytes_of(std::string token) {
    auto bytes = bytes_of_token(token);
    return bytes ? *std::move(bytes) : token;
}

// A character's bytes may lie in several tokens, so that only the whole shows which are none.
class ByteLevelSink : public DecoderSink {
  public:
    using DecoderSink::DecoderSink;
    void take(std::string token) override { bytes_ += bytes_of(std::move(token)); }
    void finish() override {
        next().take(replace_invalid_utf8(bytes_));
        next().finish();
    }

  private:
    std::string bytes_;
};

class ByteLevelDecoder : public Decoder {
  public:
    std::unique_ptr<TokenSink> open(TokenSink& next) const override { return std::make_unique<ByteLevelSink>(next); }
    std::string piece(std::string token) const override { return bytes_of(std::move(token)); }
};

}  // namespace

std::unique_ptr<Decoder> make_byte_level_decoder() {
    return std::make_unique<ByteLevelDecoder>();
}

std::unique_ptr<Decoder> make_byte_level_decoder(const StageJson&) {
    return make_byte_level_decoder();
}

}  // namespace gatescope
