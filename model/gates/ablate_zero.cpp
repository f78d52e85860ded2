// Shapes: Q query, E d_head.
#include <ATen/ops/zeros.h>

#include "model/gates/kernel_gate.h"

namespace gatescope {
namespace {

class AblateZero final : public Gate {
  public:
    void prepare(const LayerInput& layer, const GateContext&) override { d_head_ = layer.q_HTE.size(2); }

    GateEffect apply(const QueryBlock& block) const override {
        return HeadOutput{at::zeros({1, block.query_end - block.query_begin, d_head_}, block.scores_HQK.options())};
    }

  private:
    std::int64_t d_head_ = 0;
};

}  // namespace

GateEntry ablate_zero_gate() {
    GateEntry entry = intervention_entry({.id = "ablate-zero",
                                          .label = "Ablate to zero",
                                          .help = "The head's output becomes zero: what the model is without it.",
                                          .granularity = {},
                                          .source = "Michel et al. 2019",
                                          .budget = "no keys",
                                          .params = {},
                                          .traits = {.reads = GateReads::kNothing}});
    entry.make = [](const GateTerm&) -> std::unique_ptr<Gate> { return std::make_unique<AblateZero>(); };
    return entry;
}

}  // namespace gatescope
