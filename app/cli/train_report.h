#pragma once
// What `train` says: a line a report, and the table and document at the end.

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "analysis/training/training_results.h"

namespace gatescope {

std::string train_title(const RunView& run);
// The curve's report number `n`, with the pace and the time left as they are now.
std::string train_line(const RunView& run, std::size_t n);

using RunViews = std::vector<std::shared_ptr<const RunView>>;

// A row a run; of several also one an arm: mean and deviation over seeds, and the paired difference from the first arm.
std::string train_table(const RunViews& runs);
nlohmann::ordered_json train_json(const RunViews& runs);

}  // namespace gatescope
