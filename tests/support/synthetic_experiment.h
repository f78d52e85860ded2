#pragma once
// A whole ExperimentResult made of nothing: every kind of step and of chart, every field filled, NaN where a real one
// has it. Its paths are those that a capture keeps. Its numbers mean nothing.

#include "analysis/experiments/experiment_result.h"

namespace gatescope {

ExperimentResult synthetic_experiment();

}  // namespace gatescope
