#pragma once
// What trains and what is frozen in each stage of an experiment: a row of boxes a stage, with a legend.

#include <vector>

#include "analysis/experiments/experiment_diagram.h"
#include "app/window/theme.h"

namespace gatescope {

void draw_diagram(const Theme& theme, const std::vector<DiagramRow>& rows);

}  // namespace gatescope
