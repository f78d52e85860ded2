#include "app/window/experiment_charts.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "app/window/widgets/chart_plot.h"
#include "app/window/widgets/text.h"

namespace gatescope {

namespace {

constexpr std::size_t kMostMarked = 24;  // points of a line: more are an unmarked line in its band

std::string number_text(double value) {
    if (value != 0 && std::abs(value) < 0.001) return formatted("%.2e", value);
    return formatted(std::abs(value) >= 1000 ? "%.0f" : std::abs(value) >= 100 ? "%.1f" : "%.4g", value);
}

bool has_interval(const ExperimentSeries& series, std::size_t point) {
    return point < series.low.size() && point < series.high.size();
}

ChartLine line_of(const ExperimentSeries& series, const ImVec4& colour, bool bars) {
    ChartLine out;
    out.label = series.label, out.colour = colour, out.bars = bars;
    for (std::size_t point = 0; point < std::min(series.x.size(), series.y.size()); ++point) {
        const double none = std::nan("");
        const bool known = has_interval(series, point);
        out.add(series.x[point], series.y[point], known ? series.low[point] : none, known ? series.high[point] : none);
    }
    out.marked = !bars && out.x.size() <= kMostMarked;
    return out;
}

// Where several are of one role, the last one is strongest.
ImVec4 series_colour(const Theme& theme, const ExperimentChart& from, std::size_t at) {
    const std::string& role = from.series[at].role;
    std::size_t place = 0, of_role = 0;
    for (std::size_t other = 0; other < from.series.size(); ++other) {
        if (from.series[other].role != role) continue;
        place += other < at ? 1U : 0U;
        ++of_role;
    }
    const float part = of_role < 2 ? 1 : 0.4F + 0.6F * static_cast<float>(place) / static_cast<float>(of_role - 1);
    return faded(role_colour(theme, role, at), part);
}

// Logarithmic where the values lie far apart; the same all along has room around it.
void scale_up(const ExperimentChart& from, Chart& chart) {
    const ChartReach reach = chart.reach();
    chart.y.logarithmic = from.log_y && (reach.zeros || reach.most > 3 * reach.least);
    chart.y.from_zero = from.bars && !chart.y.logarithmic;
    const bool level = reach.most > 0 && !reach.zeros && reach.most < reach.least * (1 + 1e-3);
    if (level && !from.bars && chart.levels.empty()) chart.y.least = 0.9 * reach.most, chart.y.most = 1.1 * reach.most;
}

// Intervals of a line that is too dense for bars.
void as_band(Chart& chart, ChartLine& line) {
    ChartBand band;
    band.colour = faded(line.colour, 0.2F);
    for (std::size_t point = 0; point < line.x.size(); ++point) {
        if (!std::isfinite(line.low[point]) || !std::isfinite(line.high[point])) continue;
        band.x.push_back(line.x[point]);
        band.low.push_back(line.low[point]), band.high.push_back(line.high[point]);
    }
    line.low.clear(), line.high.clear();
    if (band.x.size() > 1) chart.bands.push_back(std::move(band));
}

// Between the first two series, where both have a point.
void shade_gap(const ExperimentChart& from, const Theme& theme, Chart& chart) {
    if (from.series.size() < 2) return;
    const ExperimentSeries &first = from.series[0], &second = from.series[1];
    ChartBand gap;
    gap.colour = faded(theme.colours.secondary, 0.16F);
    for (std::size_t a = 0; a < std::min(first.x.size(), first.y.size()); ++a)
        for (std::size_t b = 0; b < std::min(second.x.size(), second.y.size()); ++b) {
            if (first.x[a] != second.x[b] || !std::isfinite(first.y[a]) || !std::isfinite(second.y[b])) continue;
            gap.x.push_back(first.x[a]);
            gap.low.push_back(std::min(first.y[a], second.y[b]));
            gap.high.push_back(std::max(first.y[a], second.y[b]));
        }
    if (gap.x.size() > 1) chart.bands.push_back(std::move(gap));
}

// Bars of several series in one category stand beside each other.
void place_bars(Chart& chart) {
    std::map<double, std::size_t> in_category;
    for (const ChartLine& line : chart.lines)
        for (const double x : line.x) ++in_category[x];
    std::size_t most = 1;
    for (const auto& [x, count] : in_category) most = std::max(most, count);
    if (most == 1) return;
    const auto count = static_cast<double>(chart.lines.size());
    for (std::size_t at = 0; at < chart.lines.size(); ++at) {
        chart.lines[at].bar_width = 0.8 / count * 0.92;
        for (double& x : chart.lines[at].x) x += 0.8 * ((static_cast<double>(at) + 0.5) / count - 0.5);
    }
}

void set_across(const ExperimentChart& from, Chart& chart) {
    chart.x.label = from.x_label;
    chart.x.logarithmic = from.log_x && from.categories.empty();
    if (!from.categories.empty()) {
        const auto count = static_cast<double>(from.categories.size());
        chart.x.least = -0.6, chart.x.most = count - 0.4;
        for (std::size_t at = 0; at < from.categories.size(); ++at) chart.x.ticks.push_back(static_cast<double>(at));
        chart.x.text = [names = from.categories](double value) {
            const auto at = static_cast<std::size_t>(std::max(0.0, std::round(value)));
            return at < names.size() ? names[at] : std::string();
        };
        return;
    }
    std::set<double> places;
    for (const ChartLine& line : chart.lines) places.insert(line.x.begin(), line.x.end());
    if (places.empty() || places.size() > 9) return;
    const double least = *places.begin(), most = *places.rbegin(), room = 0.06 * (most - least);
    chart.x.ticks.assign(places.begin(), places.end());
    const double factor = chart.x.logarithmic && least > 0 ? std::max(1.02, std::pow(most / least, 0.06)) : 1;
    chart.x.least = factor > 1 ? least / factor : least - room;
    chart.x.most = factor > 1 ? most * factor : most + room;
    if (most == least) chart.x.least = least - 0.5, chart.x.most = most + 0.5;
}

// "dense 58.3"; where the label tells its number already, that is it.
std::string level_label(const ExperimentLevel& level) {
    const bool told = level.label.find_first_of("0123456789") != std::string::npos;
    return told ? level.label : level.label + " " + number_text(level.value);
}

}  // namespace

ImVec4 role_colour(const Theme& theme, const std::string& role, std::size_t place) {
    // By line_colour(): those that one chart may show together differ.
    static const std::map<std::string, std::size_t> kLines = {
        {"learned", 0}, {"kl", 0}, {"random", 1}, {"oracle", 2}, {"co-adapted", 3}, {"stochastic", 4}, {"bce", 4}};
    if (role == "dense") return theme.colours.dense;
    if (role == "paper") return theme.colours.warning;
    if (role == "none") return faded(theme.colours.text, 0.85F);
    const auto found = kLines.find(role);
    return line_colour(theme, found == kLines.end() ? place : found->second);
}

Chart experiment_chart(const ExperimentChart& from, const Theme& theme, int most_ticks) {
    Chart out;
    for (std::size_t at = 0; at < from.series.size(); ++at) {
        const ExperimentSeries& series = from.series[at];
        ChartLine line = line_of(series, series_colour(theme, from, at), from.bars);
        if (line.x.empty()) continue;
        if (!from.bars && !line.marked) as_band(out, line);
        out.lines.push_back(std::move(line));
    }
    if (from.bars) place_bars(out);
    if (from.shade_gap) shade_gap(from, theme, out);
    for (std::size_t at = 0; at < from.levels.size(); ++at)
        if (std::isfinite(from.levels[at].value) && !(from.log_y && from.levels[at].value <= 0))
            out.levels.push_back({level_label(from.levels[at]), from.levels[at].value,
                                  role_colour(theme, from.levels[at].role, from.series.size() + at)});
    set_across(from, out);
    out.y.label = from.y_label;
    scale_up(from, out);
    out.fit_with_zeros(most_ticks);
    return out;
}

bool needs_legend(const ExperimentChart& from) {
    return !from.bars || std::any_of(from.series.begin(), from.series.end(),
                                     [](const ExperimentSeries& series) { return series.x.size() > 1; });
}

PointWords point_words(const ExperimentChart& from, const Chart& chart, std::size_t line, std::size_t point) {
    const ChartLine& drawn = chart.lines[line];
    // What stands on the floor of a logarithmic axis is said as it is.
    const auto series = std::find_if(from.series.begin(), from.series.end(),
                                     [&](const ExperimentSeries& each) { return each.label == drawn.label; });
    double x = drawn.x[point], y = drawn.y[point];
    std::string interval;
    if (series != from.series.end() && point < series->y.size() && series->y.size() == drawn.y.size()) {
        x = series->x[point], y = series->y[point];
        if (has_interval(*series, point) && std::isfinite(series->low[point]) && std::isfinite(series->high[point]))
            interval = ", 95 % interval " + number_text(series->low[point]) + " to " + number_text(series->high[point]);
    }
    const auto category = static_cast<std::size_t>(std::max(0.0, std::round(x)));
    const std::string place =
        category < from.categories.size() ? from.categories[category] : from.x_label + " " + tick_text(x);
    return {place, number_text(y) + interval};
}

}  // namespace gatescope
