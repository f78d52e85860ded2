#pragma once
// An experiment as the command line that makes the same. No torch.

#include <string>

#include "analysis/experiments/experiment_plan.h"

namespace gatescope {

// `gatescope experiment soft-gating --seeds 0,1 --tune-steps 100 --out experiments/soft-gating`: what is as the scale
// has it is not named.
std::string experiment_command(const ExperimentSetting& setting, const std::string& folder,
                               const std::string& device = "best", bool overwrite = false);

}  // namespace gatescope
