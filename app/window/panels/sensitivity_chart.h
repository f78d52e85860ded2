#pragma once
// What a gate costs on each layer alone, and the budgets by layer that are proposed from it, as charts over the same
// layers.

#include <cstdint>
#include <set>
#include <string>

#include "analysis/lab_results.h"
#include "app/window/chart.h"
#include "app/window/theme.h"

namespace gatescope {

// Nats above dense by layer, a line for each budget that is not hidden, with standard errors. Not fitted.
Chart cost_chart(const SensitivityResult& result, const std::set<std::int64_t>& hidden, const Theme& theme);
// The proposed budgets by layer as bars, the equal one as a level, and dots where 99 % of the model is kept. Not
// fitted.
Chart budget_chart(const SensitivityResult& result, const Theme& theme);
// "k" or "rank": what the budgets are.
const std::string& budget_name(const SensitivityResult& result);
// "keeps 99 % of the model from rank = 8 on": of a layer alone.
std::string kept_text(const SensitivityResult& result, std::int64_t layer);
// Least budget to largest.
ImVec4 budget_colour(const Theme& theme, std::size_t index, std::size_t count);
// "+0.031 ± 0.004 nats"; without ± where there is no error.
std::string cost_text(const SensitivityPoint& point);

}  // namespace gatescope
