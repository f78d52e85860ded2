#pragma once
// A chart as data: lines with points and error bars, levels, and axes that fit them. Drawn by widgets/chart_plot.h.

#include <functional>
#include <string>
#include <vector>

#include "imgui.h"

namespace gatescope {

struct ChartLine {
    std::string label;
    std::vector<double> x, y;       // as long as each other, finite
    std::vector<double> low, high;  // ends of the points' error bars, NaN where one has none; empty: none at all
    ImVec4 colour;
    bool marked = false;  // a mark on every point, of a shape of its own
    bool bars = false;    // bars in place of a line
    double bar_width = 0.76;
    float weight = 2;     // how thick it is
    bool silent = false;  // the pointer doesn't find its points
    // Leaves a point out whose x or y is not finite.
    void add(double at_x, double at_y);
    void add(double at_x, double at_y, double at_low, double at_high);
};

// A horizontal dashed line: what is to be compared with.
struct ChartLevel {
    std::string label;
    double y = 0;
    ImVec4 colour;
};

// A vertical dashed line.
struct ChartMark {
    std::string label;
    double x = 0;
    ImVec4 colour;
};

// A filled band between two lines.
struct ChartBand {
    std::vector<double> x, low, high;  // as long as each other
    ImVec4 colour;
};

struct ChartAxis {
    std::string label;  // with its unit; empty: no room is spent on it
    bool logarithmic = false;
    bool whole = false;                             // only whole numbers are ticks
    bool from_zero = false;                         // 0 is shown whatever the points are
    double least = 0, most = 0;                     // what is shown; fit() finds it where least >= most
    std::vector<double> ticks;                      // fit() finds them where there are none
    std::function<std::string(double value)> text;  // of a tick; empty: the number
};

// Of values above 0, and whether others are there.
struct ChartReach {
    double least = 1e300, most = 0;
    bool zeros = false;
};

struct Chart {
    ChartAxis x, y;
    std::vector<ChartLine> lines;
    std::vector<ChartLevel> levels;
    std::vector<ChartMark> marks;
    std::vector<ChartBand> bands;  // below the lines
    bool empty() const;
    ChartReach reach() const;  // of the lines' y
    // Ranges in whole steps around all points, so that growing lines seldom move an axis. At most `most_ticks` on y.
    void fit(int most_ticks);
    // The same on a logarithmic y axis whose values may be exactly 0: those stand on its floor, called 0.
    void fit_with_zeros(int most_ticks);
};

// At most `most` (and a few more on a logarithmic axis) round numbers from `least` to `most_value`.
std::vector<double> round_ticks(double least, double most_value, bool logarithmic, int most);
// "0.25", "1,000"
std::string tick_text(double value);

}  // namespace gatescope
