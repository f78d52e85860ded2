// Shapes: H query head, G key/value head, T token, B block, W key of a block, E d_head, F = 2 E.
#include <ATen/ops/cat.h>
#include <ATen/ops/cummax.h>
#include <ATen/ops/cummin.h>

#include "model/gates/block_gate.h"

namespace gatescope {
namespace {

// sum_c max(q_c m_c, q_c M_c) is the product of q's positive part with M and of its negative part with m.
class UpperBound final : public BlockGate {
  public:
    using BlockGate::BlockGate;

  private:
    BlockFeatures features(const LayerInput& layer, bool tails) override {
        const at::Tensor q_HTE = layer.q_HTE.to(at::kFloat);
        const at::Tensor keys_GBWE = whole_blocks(layer.k_GTE.to(at::kFloat), keys_per_block());
        BlockFeatures out{at::cat({q_HTE.clamp_min(0), q_HTE.clamp_max(0)}, 2),
                          at::cat({keys_GBWE.amax(2), keys_GBWE.amin(2)}, 2),
                          {}};
        if (!tails) return out;
        const at::Tensor backwards_GBWE = keys_GBWE.flip(2);
        const at::Tensor most_GBWE = std::get<0>(at::cummax(backwards_GBWE, 2));
        const at::Tensor least_GBWE = std::get<0>(at::cummin(backwards_GBWE, 2));
        out.tail_GTF = at::cat({most_GBWE, least_GBWE}, 3).flip(2).flatten(1, 2);
        return out;
    }
};

}  // namespace

GateEntry block_gate() {
    GateEntry entry = block_entry(
        {.id = "block",
         .label = "Blocks by bound",
         .help = "Keeps the n blocks of b keys whose largest possible score, from each channel's extremes, is highest.",
         .granularity = {},
         .source = "Tang et al. 2024 (Quest)",
         .params = {},
         .traits = {.decoding_method = true}});
    entry.make = [](const GateTerm& term) -> std::unique_ptr<Gate> { return std::make_unique<UpperBound>(term); };
    return entry;
}

}  // namespace gatescope
