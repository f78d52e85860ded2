#pragma once
// The experiments, each of a file of its own. No torch.

#include "analysis/experiments/experiments.h"

namespace gatescope {

ExperimentInfo absorption_gradient_experiment();
ExperimentInfo concentration_experiment();
ExperimentInfo distill_onto_experiment();
ExperimentInfo hard_gradient_experiment();
ExperimentInfo post_hoc_experiment();
ExperimentInfo soft_gating_experiment();
ExperimentInfo sparsity_experiment();
ExperimentInfo stochastic_experiment();

}  // namespace gatescope
