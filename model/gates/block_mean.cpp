#include "model/gates/block_gate.h"

namespace gatescope {
namespace {

class MeanKey final : public BlockGate {
  public:
    using BlockGate::BlockGate;

  private:
    BlockFeatures features(const LayerInput& layer, bool tails) override {
        const at::Tensor k_GTE = layer.k_GTE.to(at::kFloat);
        return {layer.q_HTE.to(at::kFloat), block_means(k_GTE, keys_per_block()),
                tails ? tail_means(k_GTE, keys_per_block()) : at::Tensor()};
    }
};

}  // namespace

GateEntry block_mean_gate() {
    GateEntry entry = block_entry({.id = "block-mean",
                                   .label = "Blocks by mean",
                                   .help = "Keeps the n blocks of b keys whose mean key scores highest.",
                                   .granularity = {},
                                   .source = "Lu et al. 2025 (MoBA)",
                                   .params = {},
                                   .traits = {.decoding_method = true}});
    entry.make = [](const GateTerm& term) -> std::unique_ptr<Gate> { return std::make_unique<MeanKey>(term); };
    return entry;
}

}  // namespace gatescope
