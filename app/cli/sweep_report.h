#pragma once
// A sweep as a table for people and as JSON for programs.

#include <nlohmann/json.hpp>
#include <string>

#include "analysis/results.h"

namespace gatescope {

std::string sweep_table(const RunResult& run);
// As run_json(), and the curves: their points with the means over heads.
nlohmann::ordered_json sweep_json(const RunResult& run);

}  // namespace gatescope
