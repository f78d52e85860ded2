#pragma once
// Curves of training runs as charts: thin lines by seed, a thick one for the mean of each arm. No Dear ImGui state.

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "app/window/chart.h"
#include "app/window/run_arms.h"
#include "app/window/theme.h"

namespace gatescope {

struct RunFigure {
    std::string id;            // of the series: "perplexity"
    std::string label;         // "Held-out perplexity"
    std::string unit;          // of the axis: "nats a token"
    std::string help;          // one sentence
    bool share = false;        // from 0 to 1, shown in per cent
    bool logarithmic = false;  // unless the values lie close together
    bool by_layer = false;     // has "layer_N." series
    bool overview = false;     // among the small charts, while it has values
};
const std::vector<RunFigure>& run_figures();
// The first figure where there is none of that id.
const RunFigure& run_figure(const std::string& id);
// "37.3 %", "25.71", "1.2e-05"; "–" for none.
std::string run_value_text(double value, const RunFigure& figure);
// Has any of these runs a finite value of it?
bool has_figure(const std::vector<RunArm>& arms, const RunFigure& figure);

// Grey for a baseline.
ImVec4 arm_colour(const Theme& theme, const RunArm& arm);
ImVec4 layer_colour(const Theme& theme, std::int64_t layer, std::int64_t layers);

struct RunChartWish {
    const RunFigure* figure = nullptr;
    const RunArm* layers_of = nullptr;  // by layer, of this arm's mean, in place of the arms; nullptr: no
    std::set<std::string> hidden = {};  // folders that are left out
    std::size_t most_points = 240;      // of a line: longer ones show the least and the most of every part
};
// x is fitted to the runs' steps. Values that a logarithmic axis can't show (an exact 0) stand on its floor, called 0.
Chart run_chart(const std::vector<RunArm>& arms, const RunChartWish& wish, const Theme& theme, int most_ticks);

// At most `most` points of the line, among them the least and the most of each part of it.
ChartLine thinned(ChartLine line, std::size_t most);

}  // namespace gatescope
