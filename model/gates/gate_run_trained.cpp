// Shapes: H head, Q query, K key, E d_head.
#include <ATen/core/grad_mode.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros_like.h>

#include <algorithm>

#include "model/gates/gate.h"
#include "model/gates/gate_params.h"
#include "model/gates/head_sets.h"

namespace gatescope {
namespace {

// A tensor of all heads from those of some of them, differentiable; zeros where none was given.
class HeadRows {
  public:
    explicit HeadRows(std::int64_t n_heads) : rows_(static_cast<std::size_t>(n_heads)) {}

    // `source` has a row a head, or one for all.
    void take(const at::Tensor& source, const std::vector<std::int64_t>& heads) {
        if (heads.size() == rows_.size()) whole_ = source;
        for (const std::int64_t head : heads)
            rows_[static_cast<std::size_t>(head)] = source.select(0, source.size(0) == 1 ? 0 : head);
    }

    at::Tensor all() const {
        if (whole_.defined()) return whole_;
        const auto some = std::find_if(rows_.begin(), rows_.end(), [](const at::Tensor& row) { return row.defined(); });
        if (some == rows_.end()) return {};
        std::vector<at::Tensor> rows = rows_;
        for (at::Tensor& row : rows)
            if (!row.defined()) row = at::zeros_like(some->detach());
        return at::stack(rows);
    }

    // Which heads have one; empty where none has.
    std::vector<bool> given() const {
        std::vector<bool> out;
        for (const at::Tensor& row : rows_) out.push_back(row.defined());
        return std::find(out.begin(), out.end(), true) == out.end() ? std::vector<bool>() : out;
    }

  private:
    std::vector<at::Tensor> rows_;
    at::Tensor whole_;
};

struct Parts {
    explicit Parts(const at::Tensor& scores_HQK)
        : sets(scores_HQK), bias(scores_HQK.size(0)), scores(scores_HQK.size(0)), output(scores_HQK.size(0)) {}

    using Heads = std::vector<std::int64_t>;
    void take(const KeepAll&, const Heads&) {}
    void take(const KeyRanking& ranking, const Heads& heads) { sets.take(ranking, rules, heads); }
    void take(const KeyMask& mask, const Heads& heads) { sets.take(mask, rules, heads); }
    void take(const ScoreBias& said, const Heads& heads) { bias.take(said.bias_HQK, heads); }
    void take(const NewScores& said, const Heads& heads) { scores.take(said.scores_HQK, heads); }
    void take(const HeadOutput& said, const Heads& heads) { output.take(said.z_HQE, heads); }

    KeyRules rules{};
    HeadSets sets;
    HeadRows bias, scores, output;
};

}  // namespace

TrainedBlock GateRun::apply_trained(const QueryBlock& block) const {
    Parts all(block.scores_HQK);
    for (const Part& part : parts_) {
        const std::vector<std::int64_t> heads = heads_of(part, block);
        if (heads.empty()) continue;
        const at::AutoGradMode graph(!gate_info(part.term.id).traits.hard);
        all.rules = rules_of(part, block.query_begin);
        const GateEffect effect = part.gate->apply(block);
        std::visit([&](const auto& said) { all.take(said, heads); }, effect);
    }
    return {all.sets.finish({block.query_begin, reach_, 0, 0, 0}),
            all.bias.all(),
            all.scores.all(),
            all.output.all(),
            all.scores.given(),
            all.output.given()};
}

bool GateRun::reads_scores() const {
    return std::any_of(parts_.begin(), parts_.end(), [&](const Part& part) {
        return part.term.layers.contains(layer_) && part.gate->reads_scores();
    });
}

void GateRun::begin_batch(const LayerInput& layer, const at::Tensor& x_BTD) {
    for (const Part& part : parts_)
        if (part.term.layers.contains(layer.layer)) part.gate->begin_batch(layer, x_BTD);
}

}  // namespace gatescope
