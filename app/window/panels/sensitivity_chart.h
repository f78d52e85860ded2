#pragma once
// What sparsifying each layer alone costs, and the k by layer that is proposed from it, as charts over the same layers.

#include <cstdint>
#include <set>
#include <string>

#include "analysis/lab_results.h"
#include "app/window/chart.h"
#include "app/window/theme.h"

namespace gatescope {

// Nats above dense by layer, a line for each k that is not hidden, with standard errors. Not fitted.
Chart cost_chart(const SensitivityResult& result, const std::set<std::int64_t>& hidden, const Theme& theme);
// The proposed k by layer as bars, and the equal one as a level. Not fitted.
Chart budget_chart(const SensitivityResult& result, const Theme& theme);
// Fewest keys to most.
ImVec4 budget_colour(const Theme& theme, std::size_t index, std::size_t count);
// "+0.031 ± 0.004 nats"; without ± where there is no error.
std::string cost_text(const SensitivityPoint& point);

}  // namespace gatescope
