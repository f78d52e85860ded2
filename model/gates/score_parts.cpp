// routing-only and filtering-only: one half of M = Q K^T as scores. DEFINITIONS.md section 7. Shapes: H head, T token,
// Q query, K key, E d_head, F = 2 E.
#include <ATen/TensorOperators.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/cat.h>

#include "model/gates/kernel_gate.h"
#include "model/gates/layer_scores.h"

namespace gatescope {
namespace {

// (q_i . k_j -+ k_i . q_j) * scale / 2, as the product of [q, -+k] and [k, q].
class ScorePart final : public Gate {
  public:
    explicit ScorePart(double sign) : sign_(sign) {}

    void prepare(const LayerInput& layer, const GateContext&) override {
        const at::Tensor q_HTE = layer.q_HTE.to(at::kFloat);
        const at::Tensor k_HTE = for_query_heads(layer.k_GTE, q_HTE.size(0)).to(at::kFloat);
        left_HTF_ = at::cat({q_HTE, k_HTE * sign_}, 2).mul_(layer.scale / 2);
        right_HTF_ = at::cat({k_HTE, q_HTE}, 2);
        softcap_ = layer.softcap;
    }

    bool reads_scores() const override { return false; }
    GateEffect apply(const QueryBlock& block) const override {
        const std::int64_t n_heads = block.scores_HQK.size(0);
        const at::Tensor left_HQF =
            left_HTF_.narrow(0, block.head_begin, n_heads).slice(1, block.query_begin, block.query_end);
        const at::Tensor right_HKF =
            right_HTF_.narrow(0, block.head_begin, n_heads).slice(1, 0, block.scores_HQK.size(2));
        return NewScores{softly_capped(at::bmm(left_HQF, right_HKF.transpose(1, 2)), softcap_)};
    }

  private:
    double sign_, softcap_ = 0;
    at::Tensor left_HTF_, right_HTF_;
};

}  // namespace

GateEntry routing_only_gate() {
    GateEntry entry = intervention_entry(
        {.id = "routing-only",
         .label = "Routing only",
         .help = "Scores become their skew-symmetric part, (q_i k_j - k_i q_j) / 2: direction without likeness.",
         .granularity = {},
         .source = "routing and filtering",
         .params = {},
         .traits = {}});
    entry.make = [](const GateTerm&) -> std::unique_ptr<Gate> { return std::make_unique<ScorePart>(-1.0); };
    return entry;
}

GateEntry filtering_only_gate() {
    GateEntry entry = intervention_entry(
        {.id = "filtering-only",
         .label = "Filtering only",
         .help = "Scores become their symmetric part, (q_i k_j + k_i q_j) / 2: likeness without direction.",
         .granularity = {},
         .source = "routing and filtering",
         .params = {},
         .traits = {}});
    entry.make = [](const GateTerm&) -> std::unique_ptr<Gate> { return std::make_unique<ScorePart>(1.0); };
    return entry;
}

}  // namespace gatescope
