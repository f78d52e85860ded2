#pragma once
// What a gate costs in nats on each layer alone, at every budget of keys or rank, and on each head alone: one point
// after the other, each from the dense stream that enters its layer. Then how a budget is best spread, measured beside
// equal ones. DEFINITIONS.md section 4.

#include <cstdint>
#include <memory>

#include "analysis/results.h"
#include "model/core/job_context.h"

namespace gatescope {

class Transformer;

// The request with its budgets ascending, each once, as the gate can have them (block gates: whole blocks). Throws
// Failure(kUsage) where the gate can't have them or the mean is less than the least of them.
SensitivityRequest checked_sensitivity(SensitivityRequest request);
// May the points of one be taken for the other's? Budgets, heads and their mean may differ.
bool same_sensitivity(const SensitivityRequest& one, const SensitivityRequest& other);

class Sensitivity {
  public:
    // `earlier`: a map of the same model and windows, whose points are not measured again; those that are not asked for
    // now are kept. nullptr: none. Throws Failure before the first window.
    Sensitivity(Transformer& model, const SensitivityRequest& request, std::shared_ptr<const TextWindows> text,
                std::shared_ptr<const SensitivityResult> earlier = nullptr);
    ~Sensitivity();
    Sensitivity(const Sensitivity&) = delete;
    Sensitivity& operator=(const Sensitivity&) = delete;

    // Runs one window; a cancelled one counts nowhere. False when all is done. Throws Cancelled, Failure; what was done
    // stays.
    bool step(JobContext& job);
    // Windows, those of points that were there before apart.
    double done() const;
    double total() const;
    // Grows with every point.
    std::int64_t points_done() const;
    std::shared_ptr<const SensitivityResult> result() const;
    // The dense model on these windows; none until all are done.
    const PerplexityResult& dense() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace gatescope
