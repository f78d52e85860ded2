// BPEDecoder: the suffix that ends a word becomes a space, at the text's end nothing.

#include <optional>
#include <utility>

#include "model/tokenizer/decoders/decoders.h"
#include "model/tokenizer/text_replace.h"

namespace gatescope {
namespace {

class BpeSuffixDecoder : public Decoder {
  public:
    explicit BpeSuffixDecoder(const StageJson& stage) : suffix_(stage.optional_string("suffix").value_or("</w>")) {}

    std::unique_ptr<TokenSink> open(TokenSink& next) const override { return std::make_unique<Sink>(suffix_, next); }
    std::string piece(std::string token) const override { return replace_all(token, suffix_, " "); }

  private:
    // Holds a token back until it is known whether another one comes.
    class Sink : public DecoderSink {
      public:
        Sink(const std::string& suffix, TokenSink& next) : DecoderSink(next), suffix_(suffix) {}
        void take(std::string token) override {
            if (const auto before = std::exchange(held_, std::move(token)))
                next().take(replace_all(*before, suffix_, " "));
        }
        void finish() override {
            if (held_) next().take(replace_all(*held_, suffix_, ""));
            next().finish();
        }

      private:
        const std::string& suffix_;
        std::optional<std::string> held_;
    };

    std::string suffix_;
};

}  // namespace

std::unique_ptr<Decoder> make_bpe_suffix_decoder(const StageJson& stage) {
    return std::make_unique<BpeSuffixDecoder>(stage);
}

}  // namespace gatescope
