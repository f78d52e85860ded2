#include "analysis/pass.h"

#include <ATen/ops/isfinite.h>

#include <algorithm>
#include <cmath>

#include "analysis/abilities.h"
#include "analysis/layer_relay.h"
#include "analysis/perplexity.h"
#include "analysis/result_id.h"
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
    request.start = {};
    request.keeper = nullptr;
    (void)model.forward(request, job);
    throw Failure(FailureKind::kUnsupported, "the model's output is not finite, first " + check.place(),
                  "window " + std::to_string(request.window), "try --dtype float32, or check the weights");
}

std::map<std::string, std::string> hashes_of_files(const GateSpec& gate) {
    std::map<std::string, std::string> hashes;
    for (const std::string& file : files_of(gate)) hashes[file] = file_sha256(file);
    return hashes;
}

}  // namespace

void Pass::run(Transformer& model, const WindowOfText& window, const std::vector<Recorder*>& guests, StreamCache& cache,
               JobContext& job) {
    std::vector<Recorder*> all = recorders();
    all.insert(all.end(), guests.begin(), guests.end());
    LayerRelay relay(cache, trail_, window.number, all);
    const ForwardRequest request{.ids = window.ids,
                                 .window = window.number,
                                 .nominal_window = window.nominal_length,
                                 .gate = gate(),
                                 .observers = {all.begin(), all.end()},
                                 .start = relay.start(),
                                 .keeper = relay.keeper()};
    score(model, model.forward(request, job), request, job);
    relay.hand_over();
    for (Recorder* recorder : all) recorder->commit();
    ++done_;
}

void Pass::score(Transformer& model, const at::Tensor& hidden_TD, const ForwardRequest& request, JobContext& job) {
    if (why_no_perplexity(model.config()).empty()) {
        std::vector<float> token_nll = model.token_nll(hidden_TD, request.ids, job);
        if (!all_finite(token_nll)) report_not_finite(model, request, job);
        token_nll_.push_back(std::move(token_nll));
    } else if (!at::isfinite(hidden_TD).all().item<bool>()) {
        report_not_finite(model, request, job);
    }
}

DensePass::DensePass(const RunRequest& request, const ModelConfig& model, const AnalysedHeads& analysed,
                     std::int64_t longest)
    : Pass(GateTrail(model)) {
    if (request.concentration) concentration_.emplace(analysed, longest);
    if (request.patterns) patterns_.emplace(analysed);
    if (request.spectra.activations) activations_.emplace(analysed, longest, model.d_head);
    if (request.spectra.cosines) cosines_.emplace(analysed);
}

std::vector<Recorder*> DensePass::recorders() {
    std::vector<Recorder*> out;
    if (concentration_) out.push_back(&*concentration_);
    if (patterns_) out.push_back(&*patterns_);
    if (activations_) out.push_back(&*activations_);
    if (cosines_) out.push_back(&*cosines_);
    return out;
}

std::shared_ptr<const Spectra> DensePass::spectra() const {
    if (spectra_windows_ == done() || (!activations_ && !cosines_)) return spectra_;
    auto out = std::make_shared<Spectra>();
    out->id = next_result_id();
    out->request.activations = activations_.has_value();
    out->request.cosines = cosines_.has_value();
    if (activations_) out->activations = activations_->table();
    if (cosines_) out->cosines = cosines_->table();
    spectra_windows_ = done();
    return spectra_ = std::move(out);
}

void DensePass::report(RunResult& result) const {
    result.dense.token_nll = token_nll();
    result.dense.estimate = estimate_perplexity(token_nll());
    result.windows_done = done();
    if (concentration_ && done() > 0) result.concentration = concentration_->table();
    if (patterns_) result.patterns = patterns_->windows();
    result.spectra = spectra();
}

GatePass::GatePass(const GateSpec& gate, const RunRequest& request, const ModelConfig& model,
                   const AnalysedHeads& analysed)
    : GatePass(gate, request, model, analysed, hashes_of_files(gate)) {}

GatePass::GatePass(const GateSpec& gate, const RunRequest& request, const ModelConfig& model,
                   const AnalysedHeads& analysed, Hashes file_sha256)
    : Pass(GateTrail(gate, model, file_sha256)),
      run_(gate),
      file_sha256_(std::move(file_sha256)),
      sparsity_(gate),
      cost_(run_, model) {
    if (request.agreement) agreement_.emplace(analysed, gate, request.window_length, reaches_of(model));
    if (request.masks) masks_.emplace(analysed, request.mask_windows);
}

std::vector<Recorder*> GatePass::recorders() {
    std::vector<Recorder*> out{&sparsity_, &cost_};
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
    out.cost = cost_.cost();
    out.perplexity = {token_nll(), estimate_perplexity(token_nll())};
    out.from_dense = paired_difference(token_nll(), dense);
    if (agreement_ && done() > 0) out.agreement = agreement_->grids();
    if (masks_) out.masks = masks_->sets();
    return out;
}

InductionPass::InductionPass(const RunRequest& request, const ModelConfig& model, const AnalysedHeads& analysed)
    : Pass(GateTrail(model)),
      ids_(induction_sequence(request.window_length, model.d_vocab, request.seed)),
      recorder_(analysed) {}

void InductionPass::report(Concentration& table) const {
    if (done() == 0) return;
    table.figures.merge(recorder_.grids());
    table.induction_ids = ids_;
}

}  // namespace gatescope
