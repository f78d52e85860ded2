#include <ATen/ops/zeros.h>

#include "model/gates/gate.h"
#include "model/gates/gate_params.h"

namespace gatescope {
namespace {

// Its whole set is what sinks and local force.
class Window final : public Gate {
  public:
    explicit Window(const GateTerm& term) : band_{sinks_of(term.values), local_of(term.values)} {}

    std::optional<KeyBand> band() const override { return band_; }

    bool reads_scores() const override { return false; }

    GateEffect apply(const QueryBlock& block) const override {
        const at::Tensor& scores = block.scores_HQK;
        return KeyMask{at::zeros({1, scores.size(1), scores.size(2)}, scores.options().dtype(at::kBool))};
    }

  private:
    KeyBand band_;
};

ParamSpec required_local() {
    ParamSpec spec = local_param(64);
    spec.required = true;
    return spec;
}

}  // namespace

GateEntry window_gate() {
    GateEntry entry;
    entry.info = {.id = "window",
                  .label = "Sliding window",
                  .help = "Keeps the first tokens as attention sinks and the last ones as a sliding window.",
                  .granularity = "token",
                  .source = "Xiao et al. 2023 (StreamingLLM)",
                  .budget = "sinks + local keys",
                  .params = {sinks_param(), required_local()},
                  .traits = {}};
    entry.make = [](const GateTerm& term) -> std::unique_ptr<Gate> { return std::make_unique<Window>(term); };
    entry.budget = [](const ParamValues& values, std::int64_t) { return sinks_of(values) + local_of(values); };
    entry.set_budget = [](ParamValues& values, std::int64_t k) { values["local"] = k - sinks_of(values); };
    return entry;
}

}  // namespace gatescope
