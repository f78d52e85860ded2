#pragma once
// What of an experiment's plan is kept as JSON. Reading asks nobody whether such an experiment or value is there: a
// capture outlives the lists of experiments.

#include <string>

#include "analysis/experiments/experiment_plan.h"

namespace gatescope {

std::string print_stored_setting(const ExperimentSetting& setting);
// Throws Failure(kBadFile) naming `where`.
ExperimentSetting parse_stored_setting(const std::string& json, const std::string& where);

std::string print_request(const DistillRequest& request);
// What is missing is at its default. Throws Failure(kBadFile) naming `where`.
DistillRequest parse_request(const std::string& json, const std::string& where);

}  // namespace gatescope
