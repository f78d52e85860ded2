#pragma once
// Perplexity and agreement of gates at every budget, point by point: a point is a gate over all windows, the dense pass
// comes first and once. What is whole can be gone on with, in another process too, to the same numbers bit by bit.

#include <cstdint>
#include <memory>
#include <vector>

#include "analysis/results.h"
#include "model/core/job_context.h"

namespace gatescope {

class Transformer;

// The points: every gate at every budget of what is swept of it (DEFINITIONS.md sections 4 and 7), one without a budget
// once, none twice, none dense. Throws Failure(kUsage) where a gate can't have a budget, or there is nothing to sweep.
std::vector<GateSpec> sweep_points(const SweepRequest& request);
// The run whose gates are the points: all layers and heads, agreement, no concentration.
RunRequest sweep_run(const SweepRequest& request);

class Sweep {
  public:
    // `request` as of sweep_run(). `earlier`: what was measured before, on the same model and windows, nullptr:
    // nothing; its whole points are kept, also those that are not asked for now. Throws Failure(kUsage, kUnsupported,
    // kNotFound) before the first window.
    Sweep(Transformer& model, RunRequest request, std::shared_ptr<const ModelSummary> summary,
          std::shared_ptr<const TextWindows> text, std::shared_ptr<const RunResult> earlier = nullptr);
    ~Sweep();
    Sweep(const Sweep&) = delete;
    Sweep& operator=(const Sweep&) = delete;

    // Runs one window; a cancelled one counts nowhere. False when all is done. Throws Cancelled, Failure; what was done
    // stays.
    bool step(JobContext& job);
    // Windows, those of points that were there before apart.
    double done() const;
    double total() const;
    // Grows by one with every point that becomes whole.
    std::int64_t points_done() const;
    std::int64_t points() const;
    // The gate whose windows are run next; nullptr: the dense model, or all is done.
    const GateSpec* at_work() const;
    // Dense, and the whole points in the order of the request; kept ones that it has not, behind them.
    std::shared_ptr<const RunResult> result() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace gatescope
