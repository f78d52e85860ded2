#pragma once
// Curves of a distillation on held-out windows, beside a frozen random gate: loss, F1, captured mass, perplexity.

#include <string>
#include <vector>

#include "app/window/chart.h"
#include "app/window/frame.h"

namespace gatescope {

struct TrainFigure {
    std::string id;  // of the curve's series: "f1"
    std::string title, unit;
    bool share = false;  // from 0 to 1, shown in per cent
};
const std::vector<TrainFigure>& train_figures();

// The figure by step: the learned gate first, then the random one where it has the series; for perplexity dense and
// oracle as levels, on a logarithmic axis where the lines lie far apart. Not fitted.
Chart train_chart(const DistillRun& run, const TrainFigure& figure, const Theme& theme);
// The last value of a series, "37.3 %"; "–" where there is none.
std::string last_value(const TrainCurve* curve, const TrainFigure& figure);

void draw_train_legend(const Frame& frame, float& right);
// Into the rest of the current window.
void draw_curves(const Frame& frame);

}  // namespace gatescope
