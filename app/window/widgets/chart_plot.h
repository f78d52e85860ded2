#pragma once
// Draws a chart (chart.h) with labelled axes and finds the point under the pointer.

#include <cstddef>
#include <optional>

#include "app/window/chart.h"
#include "app/window/theme.h"

namespace gatescope {

struct ChartPoint {
    std::size_t line = 0, point = 0;
};
enum class ChartHover { kNearestColumn, kNearestPoint };

// The point that the pointer is at, ringed: the one nearest to it in x wherever it is in the plot, or the nearest one
// within reach of it. The chart must be fitted.
std::optional<ChartPoint> draw_chart(const Theme& theme, const char* id, const ImVec2& size, const Chart& chart,
                                     ChartHover hover);

// The axes of a fitted chart, between ImPlot::BeginPlot() of that size and SetupFinish(): for plots that draw
// themselves.
void set_up_axes(const Theme& theme, const Chart& chart, const ImVec2& size);

// Colours that tell lines apart, colour-blind safe, neither A's nor B's.
ImVec4 line_colour(const Theme& theme, std::size_t line);

}  // namespace gatescope
