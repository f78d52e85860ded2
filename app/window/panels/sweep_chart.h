#pragma once
// A sweep as a chart: perplexity, F1 or captured mass against sparsity or rank, a line for each gate.

#include <array>
#include <string>
#include <vector>

#include "analysis/sweep_curves.h"
#include "app/window/chart.h"
#include "app/window/lab_view.h"
#include "app/window/theme.h"

namespace gatescope {

struct SweepPicture {
    // A line for each curve, without points where its gate is not on this axis; behind them, of those that have it, the
    // point from which on 99 % of the model is kept. Not fitted.
    Chart chart;
    std::vector<std::vector<const SweepPoint*>> points;  // by line and point of the chart
};

// May the curves be drawn over ranks, and over sparsity?
bool has_ranks(const std::vector<SweepCurve>& curves);
bool has_sparsity(const std::vector<SweepCurve>& curves);
// Sparsity is laid out by doublings of what is dropped: 50 %, 75 %, 87.5 % are equally far apart; ranks by doublings,
// too. `families`: the syntax without budget of gates A and B, whose lines have their colours. The curves must outlive
// the picture.
SweepPicture sweep_picture(const RunResult& run, const std::vector<SweepCurve>& curves, SweepChart figure, bool by_rank,
                           const std::array<std::string, 2>& families, const Theme& theme);
// The syntax of a gate without its budget; empty for dense and what does not parse.
std::string family_of(const std::string& gate);
// Where a sparsity stands on the axis, and "87.5 %" of such a place.
double sparsity_place(double sparsity);
std::string sparsity_text(double place);
// "8" of a place on the axis of ranks.
std::string rank_text(double place);

}  // namespace gatescope
