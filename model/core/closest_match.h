#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace gatescope {

// The candidate nearest to `name` by edit distance, or empty when none is near (after DuckDB's CandidatesErrorMessage).
std::string closest_match(std::string_view name, const std::vector<std::string>& candidates);

// "did you mean oracle? known: dense, oracle, ..." for an error's hint.
std::string suggestion(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace gatescope
