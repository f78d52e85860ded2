#pragma once
// Distils a gate on the frozen model, step by step: the one code path behind the window's form and the command line's
// `distill`. DEFINITIONS.md section 5.

#include <filesystem>
#include <memory>

#include "analysis/results.h"
#include "model/core/job_context.h"

namespace gatescope {

class Transformer;

// The gate as it will be used, its file being request.out.
GateSpec deployed_gate(const DistillRequest& request);

// Everything about a request that can be known before a text is read. Throws Failure(kUsage, kUnsupported).
void check_distillation(const DistillRequest& request, const ModelConfig& model);

// What shapes a trainable gate beside what shapes all of them. Throws Failure(kUsage) with the nearest known id.
struct DistillShape {
    bool rope = false, block = false, index_heads = false;
};
DistillShape distill_shape(const std::string& gate);

class Distillation {
  public:
    // `held_out`: nullptr for the last eighth of the text's windows. What is trained on is never reported on. Throws
    // Failure(kUsage, kUnsupported).
    Distillation(Transformer& model, DistillRequest request, std::shared_ptr<const TextWindows> text,
                 std::shared_ptr<const TextWindows> held_out);
    ~Distillation();
    Distillation(const Distillation&) = delete;
    Distillation& operator=(const Distillation&) = delete;

    // One step of training, or one pass of a report: there is one before the first step, every report_every steps and
    // at the end. False when all is done. A cancelled piece leaves all as it was before it. Throws Cancelled, Failure.
    bool step(JobContext& job);
    // Steps of training, for progress.
    double done() const;
    double total() const;
    // Immutable picture of what is there so far.
    std::shared_ptr<const DistillRun> run() const;
    // "paused", "running", "stopped", "failed": how whoever drives it wants it to be called.
    void set_status(const std::string& status);
    // Writes the gate as it is now to request.out; run() then says how to use it. `model_sha256`: of the weights.
    // Throws Failure(kUsage, kOutput), also where there is no gate yet.
    void write(const std::string& model_sha256, bool overwrite);

    // For a capture: both curves, and dense losses of the windows that they were measured on. Once the first report is
    // complete.
    std::shared_ptr<const RunResult> result(std::shared_ptr<const ModelSummary> model) const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace gatescope
