// Shapes: H head, G key/value head, T token, Q query, K key, E d_head.
#include <ATen/TensorOperators.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/elu.h>

#include "model/gates/budgets.h"
#include "model/gates/gate.h"
#include "model/gates/layer_scores.h"

namespace gatescope {
namespace {

at::Tensor feature_map(const at::Tensor& x_HTE) {
    return at::elu(x_HTE.to(at::kFloat)).add_(1.0);
}

// The logarithm of phi(q) . phi(k) as score: softmax over it is the normalised product, and the pattern that observers
// see is the one at work.
class Linear final : public Gate {
  public:
    void prepare(const LayerInput& layer, const GateContext&) override {
        query_HTE_ = feature_map(layer.q_HTE);
        key_HTE_ = for_query_heads(feature_map(layer.k_GTE), layer.q_HTE.size(0));
    }

    bool reads_scores() const override { return false; }
    GateEffect apply(const QueryBlock& block) const override {
        const std::int64_t n_heads = block.scores_HQK.size(0);
        const at::Tensor query_HQE =
            query_HTE_.narrow(0, block.head_begin, n_heads).slice(1, block.query_begin, block.query_end);
        const at::Tensor key_HKE = key_HTE_.narrow(0, block.head_begin, n_heads).slice(1, 0, block.scores_HQK.size(2));
        return NewScores{at::bmm(query_HQE, key_HKE.transpose(1, 2)).log_()};
    }

  private:
    at::Tensor query_HTE_, key_HTE_;
};

}  // namespace

GateEntry linear_gate() {
    GateEntry entry;
    entry.info = {.id = "linear",
                  .label = "Linear attention",
                  .help = "Replaces the softmax by phi(q) phi(k), phi = ELU + 1, normalised over all keys.",
                  .granularity = "token",
                  .source = "Katharopoulos et al. 2020",
                  .budget = "a state in place of keys",
                  .params = {},
                  .traits = {.hard = false, .swept = Swept::kNothing, .reads = GateReads::kState}};
    entry.make = [](const GateTerm&) -> std::unique_ptr<Gate> { return std::make_unique<Linear>(); };
    entry.budget = whole_budget;
    entry.set_budget = nullptr;
    return entry;
}

}  // namespace gatescope
