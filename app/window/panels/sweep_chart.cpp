#include "app/window/panels/sweep_chart.h"

#include <algorithm>
#include <cmath>

#include "app/window/widgets/chart_plot.h"
#include "app/window/widgets/text.h"
#include "model/core/error.h"
#include "model/gates/gate_syntax.h"

namespace gatescope {

namespace {

void add_point(ChartLine& line, const SweepPoint& point, SweepChart figure) {
    const double place = sparsity_place(point.sparsity);
    if (figure == SweepChart::kPerplexity)
        line.add(place, point.perplexity.perplexity, point.perplexity.low, point.perplexity.high);
    else
        line.add(place, figure == SweepChart::kF1 ? point.f1 : point.captured_mass);
}

void set_sparsity_axis(ChartAxis& axis, const std::vector<ChartLine>& lines) {
    double least = 1e300, most = -1e300;
    for (const ChartLine& line : lines)
        for (const double place : line.x) least = std::min(least, place), most = std::max(most, place);
    if (least > most) least = 0, most = 6;
    axis.label = "deployed sparsity";
    axis.text = sparsity_text;
    axis.least = std::floor(least) - 0.2, axis.most = std::max(std::ceil(most), std::floor(least) + 1) + 0.2;
    for (double place = std::ceil(axis.least); place <= axis.most; ++place) axis.ticks.push_back(place);
}

// A gate's file by its name: whole paths are in tooltips.
std::string without_folders(const std::string& label) {
    const std::size_t file = label.find("file=");
    if (file == std::string::npos) return label;
    const std::size_t from = file + 5, to = std::min(label.find_first_of(",)", from), label.size());
    const std::size_t slash = label.rfind('/', to);
    if (slash == std::string::npos || slash < from) return label;
    return label.substr(0, from) + label.substr(slash + 1);
}

bool far_apart(const Chart& chart) {
    double least = 1e300, most = 0;
    for (const ChartLine& line : chart.lines)
        for (const double value : line.y) least = std::min(least, value), most = std::max(most, value);
    return least > 0 && most / least > 3;
}

}  // namespace

double sparsity_place(double sparsity) {
    return -std::log2(1 - sparsity);
}

std::string sparsity_text(double place) {
    return formatted("%.3g %%", 100 * (1 - std::exp2(-place)));
}

std::string family_of(const std::string& gate) {
    if (gate.empty() || gate == "dense") return {};
    try {
        return gate_family(parse_gate(gate));
    } catch (const Failure&) {
        return {};
    }
}

SweepPicture sweep_picture(const RunResult& run, const std::vector<SweepCurve>& curves, SweepChart figure,
                           const std::array<std::string, 2>& families, const Theme& theme) {
    SweepPicture out;
    Chart& chart = out.chart;
    std::size_t others = 0;
    for (const SweepCurve& curve : curves) {
        ChartLine line;
        line.label = without_folders(curve.label);
        line.marked = true;
        const auto slot = std::find(families.begin(), families.end(), curve.syntax);
        line.colour = slot == families.end() ? line_colour(theme, others++)
                                             : slot_colour(theme, static_cast<int>(slot - families.begin()));
        std::vector<const SweepPoint*> drawn;
        for (const SweepPoint& point : curve.points) {
            add_point(line, point, figure);
            if (line.x.size() > drawn.size()) drawn.push_back(&point);
        }
        chart.lines.push_back(std::move(line));
        out.points.push_back(std::move(drawn));
    }
    set_sparsity_axis(chart.x, chart.lines);
    if (figure == SweepChart::kPerplexity) {
        chart.y.label = "perplexity";
        const double dense = run.dense.estimate.perplexity;
        if (std::isfinite(dense)) chart.levels.push_back({"", dense, theme.colours.dense});
        chart.y.logarithmic = far_apart(chart);
    } else {
        chart.y.label = figure == SweepChart::kF1 ? "F1 with the oracle" : "captured mass";
        chart.y.text = [](double value) { return formatted("%.4g %%", 100 * value); };
    }
    return out;
}

}  // namespace gatescope
