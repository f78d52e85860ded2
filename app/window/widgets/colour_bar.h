#pragma once
// Scale bars of colour maps, with the values at their ends.

#include <string>
#include <vector>

#include "app/window/colour_maps.h"
#include "app/window/theme.h"

namespace gatescope {

// "55 % ▆▆▆▆▆ 100 %" over the whole width.
void colour_bar_row(const Theme& theme, const ColourMap& map, const std::string& least, const std::string& most);

// An upright bar with labels at its right.
struct BarTick {
    float position = 0;  // 0 bottom, 1 top
    std::string label;
};
void colour_bar_upright(const Theme& theme, const ColourMap& map, const ImVec2& from, float width, float height,
                        const std::vector<BarTick>& ticks);

}  // namespace gatescope
