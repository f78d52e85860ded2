#pragma once
// A sweep's points as curves, for the chart and the table. No torch.

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/results.h"

namespace gatescope {

struct SweepPoint {
    std::size_t gate = 0;     // index into run.gates
    std::int64_t budget = 0;  // of what is swept: keys that a query may use, or the rank; 0: nothing is
    double sparsity = 0;
    PerplexityEstimate perplexity;
    PairedDifference from_dense;
    // Means over the heads that have one; NaN where none has.
    double f1 = 0, captured_mass = 0;
};

// The points of one gate at several budgets.
struct SweepCurve {
    std::string label;   // "Oracle top-k", "Sliding window (sinks=4)"
    std::string syntax;  // without the budget: "oracle", "window:sinks=4"
    Swept swept = Swept::kNothing;
    std::vector<SweepPoint> points;  // by ascending budget
};

// Curves in the order in which a run's gates first come to them; none of dense.
std::vector<SweepCurve> sweep_curves(const RunResult& run);

}  // namespace gatescope
