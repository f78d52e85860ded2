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
#include "analysis/induction.h"
#include "analysis/kept_window.h"
#include "analysis/results.h"
#include "analysis/set_recorders.h"
#include "model/core/job_context.h"
#include "model/gates/gate.h"

namespace gatescope {

class Transformer;

// A window to run.
struct WindowOfText {
    std::int64_t number = 0, nominal_length = 0;
    std::span<const std::int32_t> ids;
};

class Pass {
  public:
    virtual ~Pass() = default;
    // Runs a window with this pass's recorders and `guests`; it counts, for all of them, only once everything went
    // well. Throws Cancelled, Failure.
    void run(Transformer& model, const WindowOfText& window, const std::vector<Recorder*>& guests, JobContext& job);
    std::int64_t done() const { return done_; }
    // A row a window; none where the model has no perplexity.
    const std::vector<std::vector<float>>& token_nll() const { return token_nll_; }

  protected:
    virtual GateRun* gate() { return nullptr; }
    virtual std::vector<Recorder*> recorders() = 0;

  private:
    std::int64_t done_ = 0;
    std::vector<std::vector<float>> token_nll_;  // [window][token]
};

class DensePass final : public Pass {
  public:
    DensePass(const RunRequest& request, const AnalysedHeads& analysed, std::int64_t longest);
    // Fills in what a result says of the dense model.
    void report(RunResult& result) const;

  protected:
    std::vector<Recorder*> recorders() override;

  private:
    std::optional<ConcentrationRecorder> concentration_;
    std::optional<PatternRecorder> patterns_;
};

class GatePass final : public Pass {
  public:
    GatePass(GateSpec gate, const RunRequest& request, const AnalysedHeads& analysed);
    const GateSpec& spec() const { return run_.spec(); }
    // `dense`: the token losses that differences are taken from.
    GateResult report(const std::vector<std::vector<float>>& dense) const;

  protected:
    GateRun* gate() override { return &run_; }
    std::vector<Recorder*> recorders() override;

  private:
    GateRun run_;
    std::map<std::string, std::string> file_sha256_;
    SparsityRecorder sparsity_;
    std::optional<AgreementRecorder> agreement_;
    std::optional<MaskRecorder> masks_;
};

class InductionPass final : public Pass {
  public:
    InductionPass(const RunRequest& request, const AnalysedHeads& analysed, std::int64_t d_vocab);
    const std::vector<std::int32_t>& ids() const { return ids_; }
    void report(Concentration& table) const;

  protected:
    std::vector<Recorder*> recorders() override { return {&recorder_}; }

  private:
    std::vector<std::int32_t> ids_;
    InductionRecorder recorder_;
};

}  // namespace gatescope
