#pragma once
// log.csv of a run: a column a series, a row a report; NaN where one was not measured.

#include <filesystem>
#include <string>

#include "analysis/lab_results.h"

namespace gatescope {

// Numbers come back to the bit.
std::string print_log(const TrainCurve& curve);
// Throws Failure(kBadFile) naming the row; `where` is the file.
TrainCurve parse_log(const std::string& text, const std::string& where);

}  // namespace gatescope
