#pragma once
// What of a training is no tensor, as JSON that reads back to the same bits.

#include <cstdint>
#include <map>
#include <string>

#include "analysis/lab_results.h"
#include "model/train/data/window_order.h"

namespace gatescope {

struct TrainingProgress {
    std::int64_t step = 0;                // whole ones behind
    WindowOrder::Place place;             // of the next step's first window
    std::int64_t steps_since_report = 0;  // sums over these:
    double loss_sum = 0;
    std::map<std::string, double> squared_norms;  // by series
    TrainCurve curve;                             // steps and series alone
};

// One row more. What one row has and another has not is NaN: a recipe may be changed between two.
void add_row(std::int64_t step, const std::map<std::string, double>& figures, TrainCurve& curve);

std::string print_progress(const TrainingProgress& progress);
// Throws Failure(kBadFile).
TrainingProgress parse_progress(const std::string& json);

}  // namespace gatescope
