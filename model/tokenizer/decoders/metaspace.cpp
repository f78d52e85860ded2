// Metaspace: the character that stands for a space becomes one; at a text's beginning, where one was put in, nothing.

#include <utility>

#include "model/tokenizer/decoders/decoders.h"
#include "model/tokenizer/metaspace_options.h"
#include "model/tokenizer/text_replace.h"

namespace gatescope {
namespace {

class MetaspaceDecoder : public Decoder {
  public:
    explicit MetaspaceDecoder(const StageJson& stage) : options_(read_metaspace(stage)) {}

    std::unique_ptr<TokenSink> open(TokenSink& next) const override { return std::make_unique<Sink>(options_, next); }
    std::string piece(std::string token) const override { return replace_all(token, options_.replacement, " "); }

  private:
    class Sink : public DecoderSink {
      public:
        Sink(const MetaspaceOptions& options, TokenSink& next)
            : DecoderSink(next), options_(options), drops_(options.prepend != PrependScheme::kNever) {}
        void take(std::string token) override {
            next().take(replace_all(token, options_.replacement, std::exchange(drops_, false) ? "" : " "));
        }

      private:
        const MetaspaceOptions& options_;
        bool drops_;
    };

    MetaspaceOptions options_;
};

}  // namespace

std::unique_ptr<Decoder> make_metaspace_decoder(const StageJson& stage) {
    return std::make_unique<MetaspaceDecoder>(stage);
}

}  // namespace gatescope
