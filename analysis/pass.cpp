#include "analysis/pass.h"

#include <ATen/ops/isfinite.h>

#include <algorithm>
#include <cmath>

#include "analysis/abilities.h"
#include "analysis/perplexity.h"
#include "model/checkpoint/weight_hash.h"
#include "model/core/error.h"
#include "model/transformer/transformer.h"

namespace gatescope {
namespace {

// Finds the first layer whose input is not finite.
class FiniteCheck final : public Observer {
  public:
    void on_layer(const LayerInput& input) override {
        if (first_ < 0 && !at::isfinite(input.x_TD).all().item<bool>()) first_ = input.layer;
    }
    std::string place() const {
        return first_ < 0 ? "after the last layer's input" : "in the input of layer " + std::to_string(first_);
    }

  private:
    std::int64_t first_ = -1;
};

bool all_finite(const std::vector<float>& token_nll) {
    return std::all_of(token_nll.begin() + 1, token_nll.end(), [](float nll) { return std::isfinite(nll); });
}

[[noreturn]] void report_not_finite(Transformer& model, ForwardRequest request, JobContext& job) {
    FiniteCheck check;
    request.observers = {&check};
    (void)model.forward(request, job);
    throw Failure(FailureKind::kUnsupported, "the model's output is not finite, first " + check.place(),
                  "window " + std::to_string(request.window), "try --dtype float32, or check the weights");
}

}  // namespace

void Pass::run(Transformer& model, const WindowOfText& window, const std::vector<Recorder*>& guests, JobContext& job) {
    std::vector<Recorder*> all = recorders();
    all.insert(all.end(), guests.begin(), guests.end());
    const ForwardRequest request{window.ids, window.number, window.nominal_length, gate(), {all.begin(), all.end()}};
    const at::Tensor hidden_TD = model.forward(request, job);
    if (why_no_perplexity(model.config()).empty()) {
        std::vector<float> token_nll = model.token_nll(hidden_TD, window.ids, job);
        if (!all_finite(token_nll)) report_not_finite(model, request, job);
        token_nll_.push_back(std::move(token_nll));
    } else if (!at::isfinite(hidden_TD).all().item<bool>()) {
        report_not_finite(model, request, job);
    }
    for (Recorder* recorder : all) recorder->commit();
    ++done_;
}

DensePass::DensePass(const RunRequest& request, const AnalysedHeads& analysed, std::int64_t longest) {
    if (request.concentration) concentration_.emplace(analysed, longest);
    if (request.patterns) patterns_.emplace(analysed);
}

std::vector<Recorder*> DensePass::recorders() {
    std::vector<Recorder*> out;
    if (concentration_) out.push_back(&*concentration_);
    if (patterns_) out.push_back(&*patterns_);
    return out;
}

void DensePass::report(RunResult& result) const {
    result.dense.token_nll = token_nll();
    result.dense.estimate = estimate_perplexity(token_nll());
    result.windows_done = done();
    if (concentration_ && done() > 0) result.concentration = concentration_->table();
    if (patterns_) result.patterns = patterns_->windows();
}

GatePass::GatePass(GateSpec gate, const RunRequest& request, const AnalysedHeads& analysed)
    : run_(std::move(gate)), sparsity_(run_.spec()) {
    for (const std::string& file : files_of(run_.spec())) file_sha256_[file] = file_sha256(file);
    if (request.agreement) agreement_.emplace(analysed, run_.spec(), request.window_length);
    if (request.masks) masks_.emplace(analysed, request.mask_windows);
}

std::vector<Recorder*> GatePass::recorders() {
    std::vector<Recorder*> out{&sparsity_};
    if (agreement_) out.push_back(&*agreement_);
    if (masks_) out.push_back(&*masks_);
    return out;
}

GateResult GatePass::report(const std::vector<std::vector<float>>& dense) const {
    GateResult out;
    out.gate = run_.spec();
    out.file_sha256 = file_sha256_;
    out.windows_done = done();
    out.sparsity = sparsity_.sparsity();
    out.perplexity = {token_nll(), estimate_perplexity(token_nll())};
    out.from_dense = paired_difference(token_nll(), dense);
    if (agreement_ && done() > 0) out.agreement = agreement_->grids();
    if (masks_) out.masks = masks_->sets();
    return out;
}

InductionPass::InductionPass(const RunRequest& request, const AnalysedHeads& analysed, std::int64_t d_vocab)
    : ids_(induction_sequence(request.window_length, d_vocab, request.seed)), recorder_(analysed) {}

void InductionPass::report(Concentration& table) const {
    if (done() == 0) return;
    table.figures.merge(recorder_.grids());
    table.induction_ids = ids_;
}

}  // namespace gatescope
