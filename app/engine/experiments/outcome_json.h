#pragma once
// outcome.json of a step.

#include <string>

#include "analysis/experiments/experiment_plan.h"

namespace gatescope {

// Numbers come back to the bit. What lies in the plan's folder is named from there, so that the folder may be moved. It
// says what work it is of.
std::string print_outcome(const StepOutcome& outcome, const Work& work, const ExperimentPlan& plan);
// Throws Failure(kBadFile) naming `where` where it is damaged, lacks something, or is of other work.
StepOutcome parse_outcome(const std::string& json, const Work& work, const ExperimentPlan& plan,
                          const std::string& where);

}  // namespace gatescope
