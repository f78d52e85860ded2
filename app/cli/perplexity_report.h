#pragma once
// A run's perplexities as a table for people and as JSON for programs.

#include <nlohmann/json.hpp>
#include <string>

#include "analysis/results.h"

namespace gatescope {

std::string perplexity_table(const RunResult& run);
// What is to be known beside the numbers of a gate on this model (GateCautions), a line each; of all gates of a run.
std::string caution_lines(const GateSpec& gate, const ModelConfig& model);
std::string caution_lines(const RunResult& run);
// Everything the table has and the numbers behind it; NaN is null, and so is `dense` where the model has no perplexity.
nlohmann::ordered_json run_json(const RunResult& run);

}  // namespace gatescope
