#pragma once
// A sweep as a chart: perplexity, F1 or captured mass against sparsity, a line for each gate.

#include <array>
#include <string>
#include <vector>

#include "analysis/sweep_curves.h"
#include "app/window/chart.h"
#include "app/window/lab_view.h"
#include "app/window/theme.h"

namespace gatescope {

struct SweepPicture {
    Chart chart;                                         // a line for each curve, not fitted
    std::vector<std::vector<const SweepPoint*>> points;  // by line and point of the chart
};

// Sparsity is laid out by doublings of what is dropped: 50 %, 75 %, 87.5 % are equally far apart. `families`: the
// syntax without budget of gates A and B, whose lines have their colours. The curves must outlive the picture.
SweepPicture sweep_picture(const RunResult& run, const std::vector<SweepCurve>& curves, SweepChart figure,
                           const std::array<std::string, 2>& families, const Theme& theme);
// The syntax of a gate without its budget; empty for dense and what does not parse.
std::string family_of(const std::string& gate);
// Where a sparsity stands on the axis, and "87.5 %" of such a place.
double sparsity_place(double sparsity);
std::string sparsity_text(double place);

}  // namespace gatescope
