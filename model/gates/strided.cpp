// Shapes: H head, Q query, K key.
#include <ATen/ops/arange.h>
#include <ATen/ops/remainder.h>

#include <algorithm>

#include "model/gates/gate.h"
#include "model/gates/gate_params.h"

namespace gatescope {
namespace {

class Strided final : public Gate {
  public:
    explicit Strided(std::int64_t k) : k_(k) {}

    void prepare(const LayerInput&, const GateContext& context) override {
        stride_ = std::max<std::int64_t>(1, context.nominal_window / k_);
    }

    GateEffect apply(const QueryBlock& block) const override {
        const at::TensorOptions options = block.scores_HQK.options().dtype(at::kLong);
        const at::Tensor query_1Q1 = at::arange(block.query_begin, block.query_end, options).view({1, -1, 1});
        const at::Tensor key_11K = at::arange(block.scores_HQK.size(2), options).view({1, 1, -1});
        return KeyMask{at::remainder(key_11K, stride_).eq(0).logical_or(key_11K.eq(query_1Q1))};
    }

  private:
    std::int64_t k_, stride_ = 1;
};

}  // namespace

GateEntry strided_gate() {
    GateEntry entry;
    entry.info = {.id = "strided",
                  .label = "Strided",
                  .help = "Keeps every (T / k)-th key of the window and the query's own: up to k + 1.",
                  .granularity = "token",
                  .source = "Child et al. 2019 (fixed sparse attention)",
                  .budget = "k keys and the query's own",
                  .params = {keys_param(), sinks_param(), local_param()},
                  .traits = {.adds_forced_keys = true}};
    entry.make = [](const GateTerm& term) -> std::unique_ptr<Gate> {
        return std::make_unique<Strided>(integer(term.values, "k"));
    };
    entry.budget = [](const ParamValues& values, std::int64_t) { return integer(values, "k"); };
    entry.set_budget = [](ParamValues& values, std::int64_t k) { values["k"] = k; };
    return entry;
}

}  // namespace gatescope
