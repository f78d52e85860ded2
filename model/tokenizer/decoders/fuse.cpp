// Fuse: all tokens become one.

#include "model/tokenizer/decoders/decoders.h"

namespace gatescope {
namespace {

class FuseSink : public DecoderSink {
  public:
    using DecoderSink::DecoderSink;
    void take(std::string token) override { fused_ += token; }
    void finish() override {
        next().take(std::move(fused_));
        next().finish();
    }

  private:
    std::string fused_;
};

class FuseDecoder : public Decoder {
  public:
    std::unique_ptr<TokenSink> open(TokenSink& next) const override { return std::make_unique<FuseSink>(next); }
    std::string piece(std::string token) const override { return token; }
};

}  // namespace

std::unique_ptr<Decoder> make_fuse_decoder(const StageJson&) {
    return std::make_unique<FuseDecoder>();
}

}  // namespace gatescope
