#pragma once
// The experiments, each of a file of its own. No torch.

#include "analysis/experiments/experiments.h"

namespace gatescope {

ExperimentInfo concentration_experiment();
ExperimentInfo hard_gradient_experiment();
ExperimentInfo soft_gating_experiment();
ExperimentInfo stochastic_experiment();

}  // namespace gatescope
