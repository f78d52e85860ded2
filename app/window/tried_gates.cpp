#include "app/window/tried_gates.h"

#include <algorithm>

namespace gatescope {

namespace {

std::string identity(const std::string& hash, const std::string& name) {
    return hash.empty() ? name : hash;
}

std::string kind_of(const GateSpec& gate) {
    return gate.terms.size() == 1 ? gate_info(gate.terms.front().id).label : "composed";
}

// An estimate of fewer windows says less of the same, unless fewer are wanted now.
bool supersedes(const PerplexityEstimate& next, const PerplexityEstimate& last, std::int64_t wanted) {
    return next.windows >= last.windows || last.windows > wanted;
}

}  // namespace

void TriedGates::observe(const Snapshot& snapshot) {
    const std::shared_ptr<const RunResult>& run = snapshot.run;
    if (run == seen_) return;
    seen_ = run;
    ++version_;
    if (run == nullptr || run->model == nullptr || run->text == nullptr) {
        now_ = nullptr;
        return;
    }
    Key key{run->model->name, {}, identity(run->text->sha256, run->text->name), run->dtype, run->request.window_length};
    // The weights' hash comes some time after the model.
    auto unnamed = histories_.extract(key);
    key.model_sha256 = run->model->sha256;
    if (!unnamed.empty() && !histories_.contains(key)) {
        unnamed.key() = key;
        histories_.insert(std::move(unnamed));
    }
    History& history = histories_[key];
    now_ = &history;
    const auto there = static_cast<std::int64_t>(run->text->windows.size());
    const std::int64_t wanted = run->request.windows == 0 ? there : std::min(run->request.windows, there);
    if (supersedes(run->dense.estimate, history.dense, wanted)) history.dense = run->dense.estimate;
    for (const GateResult& result : run->gates) take(history, result, wanted);
}

void TriedGates::take(History& history, const GateResult& result, std::int64_t wanted) {
    if (result.gate.dense() || result.perplexity.estimate.windows < 1) return;
    const std::string syntax = print_gate(result.gate);
    auto known = std::find_if(history.gates.begin(), history.gates.end(),
                              [&](const TriedGate& tried) { return tried.gate == syntax; });
    if (known == history.gates.end()) {
        history.gates.push_back({syntax, kind_of(result.gate), {}, {}, {}});
        known = std::prev(history.gates.end());
    } else if (!supersedes(result.perplexity.estimate, known->estimate, wanted)) {
        return;
    }
    known->sparsity = result.sparsity;
    known->estimate = result.perplexity.estimate;
    known->from_dense = result.from_dense;
}

std::vector<std::string> TriedGates::kinds() const {
    std::vector<std::string> out;
    for (const TriedGate& tried : gates())
        if (std::find(out.begin(), out.end(), tried.kind) == out.end()) out.push_back(tried.kind);
    return out;
}

}  // namespace gatescope
