#pragma once
// One way of running a text's windows: dense, under a gate, or the repeated sequence of the induction scores. It knows
// how far it is and what it has collected.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analysis/agreement.h"
#include "analysis/concentration.h"
#include "analysis/cost_recorder.h"
#include "analysis/gate_trail.h"
#include "analysis/induction.h"
#include "analysis/kept_window.h"
#include "analysis/results.h"
#include "analysis/set_recorders.h"
#include "analysis/spectra/activation_spectra.h"
#include "analysis/spectra/pair_cosines.h"
#include "analysis/stream_cache.h"
#include "model/core/job_context.h"
#include "model/gates/gate.h"

namespace gatescope {

// A window to run.
struct WindowOfText {
    std::int64_t number = 0, nominal_length = 0;
    std::span<const std::int32_t> ids;
};

class Pass {
  public:
    explicit Pass(GateTrail trail) : trail_(std::move(trail)) {}
    virtual ~Pass() = default;
    Pass(const Pass&) = delete;
    Pass& operator=(const Pass&) = delete;
    // Runs a window with this pass's recorders and `guests`; it counts, for all of them, only once everything went
    // well. What `cache` has of the window is not run again. Throws Cancelled, Failure.
    void run(Transformer& model, const WindowOfText& window, const std::vector<Recorder*>& guests, StreamCache& cache,
             JobContext& job);
    std::int64_t done() const { return done_; }
    // A row a window; none where the model has no perplexity.
    const std::vector<std::vector<float>>& token_nll() const { return token_nll_; }

  protected:
    virtual GateRun* gate() { return nullptr; }
    virtual std::vector<Recorder*> recorders() = 0;

  private:
    // Throws Failure where the window's output is not finite.
    void score(Transformer& model, const at::Tensor& hidden_TD, const ForwardRequest& request, JobContext& job);

    GateTrail trail_;
    std::int64_t done_ = 0;
    std::vector<std::vector<float>> token_nll_;  // [window][token]
};

class DensePass final : public Pass {
  public:
    DensePass(const RunRequest& request, const ModelConfig& model, const AnalysedHeads& analysed, std::int64_t longest);
    // Fills in what a result says of the dense model.
    void report(RunResult& result) const;

  protected:
    std::vector<Recorder*> recorders() override;

  private:
    // Of the windows done; nullptr where none were asked for.
    std::shared_ptr<const Spectra> spectra() const;

    std::optional<ConcentrationRecorder> concentration_;
    std::optional<PatternRecorder> patterns_;
    std::optional<ActivationRecorder> activations_;
    std::optional<PairCosineRecorder> cosines_;
    mutable std::shared_ptr<const Spectra> spectra_;  // of spectra_windows_
    mutable std::int64_t spectra_windows_ = 0;
};

class GatePass final : public Pass {
  public:
    GatePass(const GateSpec& gate, const RunRequest& request, const ModelConfig& model, const AnalysedHeads& analysed);
    const GateSpec& spec() const { return run_.spec(); }
    // Has it to wait for the means of the dense model (MeansPass)?
    bool waits_for_means() const { return run_.needs_means() && !has_means_; }
    void use_means(const std::shared_ptr<const HeadMeans>& means) {
        run_.use_means(means);
        has_means_ = true;
    }
    // `dense`: the token losses that differences are taken from.
    GateResult report(const std::vector<std::vector<float>>& dense) const;

  protected:
    GateRun* gate() override { return &run_; }
    std::vector<Recorder*> recorders() override;

  private:
    using Hashes = std::map<std::string, std::string>;
    GatePass(const GateSpec& gate, const RunRequest& request, const ModelConfig& model, const AnalysedHeads& analysed,
             Hashes file_sha256);

    GateRun run_;
    bool has_means_ = false;
    Hashes file_sha256_;
    SparsityRecorder sparsity_;
    CostRecorder cost_;
    std::optional<AgreementRecorder> agreement_;
    std::optional<MaskRecorder> masks_;
};

class InductionPass final : public Pass {
  public:
    InductionPass(const RunRequest& request, const ModelConfig& model, const AnalysedHeads& analysed);
    const std::vector<std::int32_t>& ids() const { return ids_; }
    void report(Concentration& table) const;

  protected:
    std::vector<Recorder*> recorders() override { return {&recorder_}; }

  private:
    std::vector<std::int32_t> ids_;
    InductionRecorder recorder_;
};

}  // namespace gatescope
