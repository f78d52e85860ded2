#pragma once
// A run over a text's windows that grows window by window: the one code path behind the window's live perplexity and
// the command line's `capture` and `perplexity`. Dense and gates are interleaved, so that none starves.

#include <cstdint>
#include <memory>
#include <vector>

#include "analysis/results.h"
#include "model/core/job_context.h"

namespace gatescope {

class Transformer;

class Measurement {
  public:
    // Checks the request against the model and the text. Throws Failure(kUsage, kUnsupported).
    Measurement(Transformer& model, RunRequest request, std::shared_ptr<const ModelSummary> summary,
                std::shared_ptr<const TextWindows> text);
    ~Measurement();
    Measurement(const Measurement&) = delete;
    Measurement& operator=(const Measurement&) = delete;

    // Gates to measure from here on. Those that stay keep what they have; new ones start at the first window.
    void set_gates(const std::vector<GateSpec>& gates);
    // Runs one window of whichever pass (dense, a gate) has fewest; a cancelled window counts nowhere. False when all
    // is done. Throws Cancelled, Failure; what was done stays.
    bool step(JobContext& job);
    // Passes times windows, for progress.
    double done() const;
    double total() const;
    static constexpr std::uint64_t kUsualStreamBytes = std::uint64_t{512} << 20;
    // Keeps residual streams of the windows in up to so many bytes, a quarter of what the device can still give at
    // most, so that a new gate starts at the first layer where it does something of its own. 0, as at first: none,
    // where gates never change. Numbers are the same either way.
    void keep_streams(std::uint64_t bytes);
    // Immutable picture of what is there so far.
    std::shared_ptr<const RunResult> result() const;
    // The window whose q and k step() and pattern() keep as they come by it; -1: none, where nobody will look (they
    // take T x d_model for every layer). pattern() names its own.
    void keep_window(std::int64_t window);
    // The head's map of the window of number `window`, kept keys of up to two of the gates beside it; recomputed from
    // kept q and k of that window (a pass over the window is run first where they are not there).
    std::shared_ptr<const PatternMatrix> pattern(std::int64_t window, std::int64_t layer, std::int64_t head,
                                                 const GateSpec* gate_a, const GateSpec* gate_b, JobContext& job);
    // True when q and k of that window and layer are kept from the dense pass (or the one under `gate`). pattern() with
    // gates that are ready needs no pass; it may then also be called from a tick of step(), on its thread (the engine
    // serves clicks that way). The window asked for last (at first 0) is the one that is kept.
    bool pattern_ready(std::int64_t window, std::int64_t layer, const GateSpec* gate = nullptr) const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

// Runs all that is left. The result is complete, or incomplete when `job` was cancelled after the first window (then
// Cancelled is not thrown). After a Failure the measurement holds what was done.
std::shared_ptr<const RunResult> run_to_end(Measurement& measurement, JobContext& job);

// A whole request, with nothing kept for maps.
std::shared_ptr<const RunResult> measure(Transformer& model, const RunRequest& request,
                                         std::shared_ptr<const ModelSummary> summary,
                                         std::shared_ptr<const TextWindows> text, JobContext& job);

}  // namespace gatescope
