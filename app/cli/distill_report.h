#pragma once
// A distillation as lines, a table and JSON.

#include <nlohmann/json.hpp>
#include <string>

#include "analysis/lab_results.h"

namespace gatescope {

// The titles of report_line()'s columns, and the last report.
std::string report_title();
std::string report_line(const DistillRun& run);
// What the gate came to beside the same one at its first values, the oracle and the dense model.
std::string distill_table(const DistillRun& run);
// All reports; NaN is null.
nlohmann::ordered_json distill_json(const DistillRun& run);

}  // namespace gatescope
