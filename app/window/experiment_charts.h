#pragma once
// Charts of an experiment (experiment_result.h) as charts of the window. No Dear ImGui state.

#include <string>
#include <vector>

#include "analysis/experiments/experiment_result.h"
#include "app/window/chart.h"
#include "app/window/theme.h"

namespace gatescope {

// The same for a series and a level, in every chart of every experiment; `place` for a role that nobody knows.
ImVec4 role_colour(const Theme& theme, const std::string& role, std::size_t place);

// Where something is drawn already: series without a point are left out.
Chart experiment_chart(const ExperimentChart& from, const Theme& theme, int most_ticks);
// Do its series need names beside the axis's?
bool needs_legend(const ExperimentChart& from);

// What a point is: "soft-learned" and "66.8, 95 % interval 65.4 to 68.2".
struct PointWords {
    std::string where, value;
};
PointWords point_words(const ExperimentChart& from, const Chart& chart, std::size_t line, std::size_t point);

}  // namespace gatescope
