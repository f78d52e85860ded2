#include "app/window/panels/sweep_chart.h"

#include <algorithm>
#include <cmath>

#include "analysis/kept_rank.h"
#include "app/window/widgets/chart_plot.h"
#include "app/window/widgets/text.h"
#include "model/core/error.h"
#include "model/gates/gate_syntax.h"

namespace gatescope {

namespace {

// Gates whose rank is varied keep every key: over sparsity they would stand above each other.
bool is_by_rank(const SweepCurve& curve) {
    return curve.swept == Swept::kRank;
}

void add_point(ChartLine& line, const SweepPoint& point, SweepChart figure, bool by_rank) {
    const double place = by_rank ? std::log2(static_cast<double>(point.budget)) : sparsity_place(point.sparsity);
    if (figure == SweepChart::kPerplexity)
        line.add(place, point.perplexity.perplexity, point.perplexity.low, point.perplexity.high);
    else
        line.add(place, figure == SweepChart::kF1 ? point.f1 : point.captured_mass);
}

void set_doubling_axis(ChartAxis& axis, const std::vector<ChartLine>& lines) {
    double least = 1e300, most = -1e300;
    for (const ChartLine& line : lines)
        for (const double place : line.x) least = std::min(least, place), most = std::max(most, place);
    if (least > most) least = 0, most = 6;
    axis.least = std::floor(least) - 0.2, axis.most = std::max(std::ceil(most), std::floor(least) + 1) + 0.2;
    for (double place = std::ceil(axis.least); place <= axis.most; ++place) axis.ticks.push_back(place);
}

// A point of its own for each curve that has one, all of one look.
void add_kept(const std::vector<SweepCurve>& curves, SweepChart figure, bool by_rank, const Theme& theme,
              SweepPicture& out) {
    for (const SweepCurve& curve : curves) {
        const auto kept = kept_budget(curve);
        if (!kept || is_by_rank(curve) != by_rank) continue;
        const auto point = std::find_if(curve.points.begin(), curve.points.end(),
                                        [&](const SweepPoint& at) { return at.budget == *kept; });
        ChartLine mark;
        mark.label = "keeps 99 % of the model";
        mark.colour = theme.colours.text;
        add_point(mark, *point, figure, by_rank);
        if (mark.x.empty()) continue;
        out.chart.lines.push_back(std::move(mark));
        out.points.push_back({&*point});
    }
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

bool has_ranks(const std::vector<SweepCurve>& curves) {
    return std::any_of(curves.begin(), curves.end(), is_by_rank);
}

bool has_sparsity(const std::vector<SweepCurve>& curves) {
    return !std::all_of(curves.begin(), curves.end(), is_by_rank);
}

double sparsity_place(double sparsity) {
    return -std::log2(1 - sparsity);
}

std::string sparsity_text(double place) {
    return formatted("%.3g %%", 100 * (1 - std::exp2(-place)));
}

std::string rank_text(double place) {
    return formatted("%.0f", std::exp2(place));
}

std::string family_of(const std::string& gate) {
    if (gate.empty() || gate == "dense") return {};
    try {
        return gate_family(parse_gate(gate));
    } catch (const Failure&) {
        return {};
    }
}

SweepPicture sweep_picture(const RunResult& run, const std::vector<SweepCurve>& curves, SweepChart figure, bool by_rank,
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
            if (is_by_rank(curve) != by_rank) continue;
            add_point(line, point, figure, by_rank);
            if (line.x.size() > drawn.size()) drawn.push_back(&point);
        }
        chart.lines.push_back(std::move(line));
        out.points.push_back(std::move(drawn));
    }
    add_kept(curves, figure, by_rank, theme, out);
    set_doubling_axis(chart.x, chart.lines);
    chart.x.label = by_rank ? "rank" : "deployed sparsity";
    chart.x.text = by_rank ? rank_text : sparsity_text;
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
