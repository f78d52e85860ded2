#include "model/gates/kernel_gate.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/bmm.h>

#include "model/core/error.h"
#include "model/gates/budgets.h"
#include "model/gates/layer_scores.h"
#include "model/layer_kernel.h"

namespace gatescope {

void ProjectionGate::prepare(const LayerInput& layer, const GateContext& context) {
    if (layer.kernel == nullptr)
        throw Failure(FailureKind::kUnsupported, "the projections of queries and keys are not at hand",
                      "layer " + std::to_string(layer.layer));
    if (context.trains) take_step(layer.layer, context.step);
    const Projected projected = project(layer);
    const QueriesAndKeys finished = layer.kernel->finish(projected.changed, projected.divided_by);
    q_HTE_ = finished.q_HTE * layer.scale;
    k_HTE_ = for_query_heads(finished.k_GTE, layer.q_HTE.size(0));
    softcap_ = layer.softcap;
}

GateEffect ProjectionGate::apply(const QueryBlock& block) const {
    const std::int64_t n_heads = block.scores_HQK.size(0);
    const at::Tensor q_HQE = q_HTE_.narrow(0, block.head_begin, n_heads).slice(1, block.query_begin, block.query_end);
    const at::Tensor k_HKE = k_HTE_.narrow(0, block.head_begin, n_heads).slice(1, 0, block.scores_HQK.size(2));
    return NewScores{softly_capped(at::bmm(q_HQE, k_HKE.transpose(1, 2)), softcap_)};
}

ProjectionGate::Projected KernelGate::project(const LayerInput& layer) {
    auto found = layers_.find(layer.layer);
    if (found == layers_.end()) {
        const at::NoGradGuard no_way_back;
        found = layers_.emplace(layer.layer, change(layer)).first;
    }
    const QueriesAndKeys unchanged = layer.kernel->project(layer.x_TD);
    return {{at::bmm(unchanged.q_HTE, found->second.query_HEE),
             at::bmm(for_query_heads(unchanged.k_GTE, layer.q_HTE.size(0)), found->second.key_HEE)},
            unchanged};
}

void KernelGate::take_step(std::int64_t layer, std::int64_t step) {
    const auto [known, is_new] = steps_.try_emplace(layer, step);
    if (is_new || known->second == step) return;
    known->second = step;
    layers_.erase(layer);
}

ParamSpec rank_param() {
    return {.key = "r",
            .label = "Rank r",
            .help = "How many directions are left of the head's channels.",
            .initial = std::int64_t{16},
            .least = 1,
            .most = 4096,
            .required = true,
            .logarithmic = true,
            .end = ParamEnd::kHeadWidth};
}

void sweep_rank(GateEntry& entry) {
    entry.info.traits.swept = Swept::kRank;
    entry.set_budget = [](ParamValues& values, std::int64_t rank) { values["r"] = rank; };
    entry.swept_budget = [](const ParamValues& values) { return integer(values, "r"); };
}

GateEntry intervention_entry(GateInfo info) {
    GateEntry entry;
    entry.info = std::move(info);
    entry.info.granularity = "head";
    entry.info.traits.hard = false;
    entry.info.traits.swept = Swept::kNothing;
    entry.budget = whole_budget;
    entry.set_budget = nullptr;
    return entry;
}

}  // namespace gatescope
