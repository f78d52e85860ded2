// Fuse: all tokens become one.

#include "model/tokenizer/decoders/decoders.h"

namespace gatescope {
namespace {

class FuseDecoder : public Decoder {
  public:
    void apply(std::vector<std::string>& tokens) const override {
        std::string fused;
        for (const std::string& token : tokens) fused += token;
        tokens.assign(1, std::move(fused));
    }
    std::string piece(std::string token) const override { return token; }
};

}  // namespace

std::unique_ptr<Decoder> make_fuse_decoder(const StageJson&) {
    return std::make_unique<FuseDecoder>();
}

}  // namespace gatescope
