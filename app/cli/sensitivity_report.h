#pragma once
// A sensitivity map as tables for people and as JSON for programs.

#include <nlohmann/json.hpp>
#include <string>

#include "analysis/results.h"

namespace gatescope {

// Layers by budgets, heads by layers where they were measured, and the proposal beside equal k.
std::string sensitivity_table(const SensitivityResult& map);
// Of the run and its map.
nlohmann::ordered_json sensitivity_json(const RunResult& run);

}  // namespace gatescope
