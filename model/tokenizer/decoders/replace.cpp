// Replace: a pattern's matches in each token become a fixed text.

#include "model/tokenizer/decoders/decoders.h"
#include "model/tokenizer/text_replacer.h"

namespace gatescope {
namespace {

class ReplaceDecoder : public Decoder {
  public:
    explicit ReplaceDecoder(const StageJson& stage) : replacer_(stage) {}
    std::unique_ptr<TokenSink> open(TokenSink& next) const override { return std::make_unique<Sink>(replacer_, next); }
    std::string piece(std::string token) const override { return replacer_.apply(token); }

  private:
    class Sink : public DecoderSink {
      public:
        Sink(const TextReplacer& replacer, TokenSink& next) : DecoderSink(next), replacer_(replacer) {}
        void take(std::string token) override { next().take(replacer_.apply(token)); }

      private:
        const TextReplacer& replacer_;
    };

    TextReplacer replacer_;
};

}  // namespace

std::unique_ptr<Decoder> make_replace_decoder(const StageJson& stage) {
    return std::make_unique<ReplaceDecoder>(stage);
}

}  // namespace gatescope
