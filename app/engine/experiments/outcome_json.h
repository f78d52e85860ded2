#pragma once
// outcome.json of a step.

#include <filesystem>
#include <string>

#include "analysis/experiments/experiment_step.h"

namespace gatescope {

// Numbers come back to the bit. What lies in `folder`, the experiment's, is named from there, so that a folder may be
// moved. It says what work it is of.
std::string print_outcome(const StepOutcome& outcome, const Work& work, const std::filesystem::path& folder);
// Throws Failure(kBadFile) naming `where` where it is damaged, or of other work.
StepOutcome parse_outcome(const std::string& json, const Work& work, const std::filesystem::path& folder,
                          const std::string& where);

}  // namespace gatescope
