#pragma once
// All that a script may want of an experiment.

#include <nlohmann/json.hpp>
#include <string>

#include "analysis/experiments/experiment_result.h"
#include "analysis/experiments/experiments.h"
#include "app/cli/experiment_report.h"

namespace gatescope {

// Setting, steps with their outcomes and curves, rows with the values by seed, charts, verdict. `folder` is what paths
// in outcomes are named from.
nlohmann::ordered_json experiment_json(const ExperimentResult& result, const std::string& folder);
nlohmann::ordered_json experiment_list_json();
// What would be done.
nlohmann::ordered_json plan_json(const PlannedExperiment& planned);

}  // namespace gatescope
