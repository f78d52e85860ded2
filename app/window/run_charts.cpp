#include "app/window/run_charts.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "app/window/colour_maps.h"
#include "app/window/widgets/chart_plot.h"
#include "app/window/widgets/text.h"

namespace gatescope {

namespace {

constexpr float kThin = 1.0F, kThick = 2.25F;
// One figure of three series.
const std::string kJoined = "qkv_gradient_norm";
constexpr std::array kJoinedFrom = {"query_gradient_norm", "key_gradient_norm", "value_gradient_norm"};

using Values = std::vector<double>;

// The series of a figure; of Q, K and V together their norms put together.
Values figure_values(const RunView& run, const std::string& id) {
    if (const Values* values = run_series(run, id)) return *values;
    if (id != kJoined) return {};
    Values out;
    for (const char* part : kJoinedFrom) {
        const Values* values = run_series(run, part);
        if (values == nullptr) return {};
        out.resize(std::max(out.size(), values->size()));
        for (std::size_t at = 0; at < values->size(); ++at) out[at] += (*values)[at] * (*values)[at];
    }
    for (double& value : out) value = std::sqrt(value);
    return out;
}

ChartLine run_line(const RunView& run, const std::string& id, const ImVec4& colour) {
    ChartLine line;
    line.colour = colour;
    if (run.curve == nullptr) return line;
    const Values values = figure_values(run, id);
    const std::vector<std::int64_t>& steps = run.curve->step;
    for (std::size_t at = 0; at < std::min(values.size(), steps.size()); ++at)
        line.add(static_cast<double>(steps[at]), values[at]);
    return line;
}

// At the steps that all lines with points have.
ChartLine mean_line(const std::vector<ChartLine>& lines) {
    ChartLine out;
    std::vector<const ChartLine*> drawn;
    for (const ChartLine& line : lines)
        if (!line.x.empty()) drawn.push_back(&line);
    if (drawn.empty()) return out;
    out.colour = drawn.front()->colour;
    std::vector<std::size_t> at(drawn.size(), 0);
    for (std::size_t point = 0; point < drawn.front()->x.size(); ++point) {
        const double step = drawn.front()->x[point];
        double sum = 0;
        bool all = true;
        for (std::size_t line = 0; line < drawn.size() && all; ++line) {
            const ChartLine& each = *drawn[line];
            while (at[line] < each.x.size() && each.x[at[line]] < step) ++at[line];
            all = at[line] < each.x.size() && each.x[at[line]] == step;
            if (all) sum += each.y[at[line]];
        }
        if (all) out.add(step, sum / static_cast<double>(drawn.size()));
    }
    return out;
}

bool shown(const RunView& run, const RunChartWish& wish) {
    return !wish.hidden.contains(run.folder);
}

void add_arm(Chart& chart, const RunArm& arm, const RunChartWish& wish, const std::string& id, const std::string& label,
             const ImVec4& colour, bool seeds) {
    std::vector<ChartLine> lines;
    for (const SharedRun& run : arm.runs) {
        if (!shown(*run, wish)) continue;
        lines.push_back(run_line(*run, id, colour));
        lines.back().label = label + ", seed " + std::to_string(run->plan.seed);
    }
    ChartLine mean = mean_line(lines);
    mean.label = label, mean.weight = kThick;
    const auto drawn = std::count_if(lines.begin(), lines.end(), [](const ChartLine& line) { return !line.x.empty(); });
    if (seeds && drawn > 1)
        for (ChartLine& line : lines) {
            if (line.x.empty()) continue;
            line.weight = kThin;
            line.colour = faded(colour, 0.6F);
            chart.lines.push_back(thinned(std::move(line), wish.most_points));
        }
    if (!mean.x.empty()) chart.lines.push_back(thinned(std::move(mean), wish.most_points));
}

std::int64_t layers_of(const RunArm& arm, const RunFigure& figure) {
    std::int64_t out = 0;
    for (const SharedRun& run : arm.runs)
        while (run_series(*run, "layer_" + std::to_string(out) + "." + figure.id) != nullptr) ++out;
    return out;
}

void add_layers(Chart& chart, const RunChartWish& wish, const Theme& theme) {
    const std::int64_t layers = layers_of(*wish.layers_of, *wish.figure);
    for (std::int64_t layer = 0; layer < layers; ++layer)
        add_arm(chart, *wish.layers_of, wish, "layer_" + std::to_string(layer) + "." + wish.figure->id,
                "layer " + std::to_string(layer), layer_colour(theme, layer, layers), false);
}

// What the frequencies of tokens alone reach, and what the baseline does.
void add_levels(Chart& chart, const std::vector<RunArm>& arms, const RunChartWish& wish, const Theme& theme) {
    if (wish.figure->id != "perplexity") return;
    for (const RunArm& arm : arms)
        for (const SharedRun& run : arm.runs)
            if (shown(*run, wish) && run->unigram_perplexity > 0) {
                chart.levels.push_back({formatted("unigram %.0f", run->unigram_perplexity), run->unigram_perplexity,
                                        theme.colours.secondary});
                break;
            }
    // Runs on the same text have the same.
    const auto same = [](const ChartLevel& a, const ChartLevel& b) { return a.label == b.label; };
    std::sort(chart.levels.begin(), chart.levels.end(),
              [](const ChartLevel& a, const ChartLevel& b) { return a.y < b.y; });
    chart.levels.erase(std::unique(chart.levels.begin(), chart.levels.end(), same), chart.levels.end());
    for (const RunArm& arm : arms) {
        if (!arm.baseline) continue;
        Values ends;
        for (const SharedRun& run : arm.runs)
            if (shown(*run, wish)) ends.push_back(last_of(*run, "perplexity"));
        const double dense = seed_spread(ends).mean;
        if (std::isfinite(dense)) chart.levels.push_back({formatted("dense %.1f", dense), dense, theme.colours.dense});
    }
}

void scale_up(Chart& chart, const RunFigure& figure, int most_ticks) {
    const ChartReach reach = chart.reach();
    chart.y.logarithmic = figure.logarithmic && reach.most > 3 * reach.least;
    if (figure.logarithmic && reach.zeros && reach.most == 0) chart.y.least = 0, chart.y.most = 1;
    // One value, or the same all along, has room around it.
    const bool level = !chart.lines.empty() && reach.most > 0 && !reach.zeros && reach.most < reach.least * (1 + 1e-6);
    if (level && chart.levels.empty()) chart.y.least = 0.9 * reach.most, chart.y.most = 1.1 * reach.most;
    chart.fit_with_zeros(most_ticks);
    if (figure.share && chart.y.most > 1) {
        chart.y.most = 1 + 0.02 * (1 - chart.y.least);
        std::erase_if(chart.y.ticks, [](double tick) { return tick > 1 + 1e-9; });
    }
}

}  // namespace

const std::vector<RunFigure>& run_figures() {
    static const std::vector<RunFigure> list = {
        {"perplexity", "Held-out perplexity", "perplexity", "Of held-out windows, under the gate", false, true, false,
         true},
        {"loss", "Training loss", "nats a token", "Of the windows trained on since the last report, under the gate",
         false, false, false, true},
        {"gate_gradient_norm", "Gradient of the gate", "norm", "Of the gate's own arrays, before clipping", false, true,
         true, true},
        {kJoined, "Gradient of Q, K and V", "norm",
         "Of the matrices that make queries, keys and values, together, before clipping", false, true, false, true},
        {"f1", "F1 with the oracle", "F1", "Agreement of the keys that the gate keeps with the oracle's", true, false,
         true, true},
        {"mass_at_k", "Concentration", "mass in top k", "Share of dense attention in its k strongest keys", true, false,
         true, true},
        {"perplexity_dense", "Perplexity without the gate", "perplexity", "Of held-out windows, the gate switched off",
         false, true, false, false},
        {"captured_mass", "Captured mass", "of dense attention", "Share of dense attention in the keys that are kept",
         true, false, false, false},
        {"query_gradient_norm", "Gradient of queries", "norm", "Of W_Q, before clipping", false, true, true, false},
        {"key_gradient_norm", "Gradient of keys", "norm", "Of W_K, before clipping", false, true, true, false},
        {"value_gradient_norm", "Gradient of values", "norm", "Of W_V, before clipping", false, true, true, false},
        {"gradient_norm", "Gradient of all that trains", "norm", "Before clipping", false, true, false, false},
        {"entropy", "Entropy", "nats", "Of dense attention, mean of queries", false, false, true, false},
        {"learning_rate", "Learning rate", "a step", "Of AdamW, by the schedule", false, false, false, false}};
    return list;
}

const RunFigure& run_figure(const std::string& id) {
    const auto& list = run_figures();
    const auto found = std::find_if(list.begin(), list.end(), [&](const RunFigure& figure) { return figure.id == id; });
    return found == list.end() ? list.front() : *found;
}

std::string run_value_text(double value, const RunFigure& figure) {
    if (!std::isfinite(value)) return "–";
    if (figure.share) return formatted("%.1f %%", 100 * value);
    if (value == 0) return "0";
    if (std::abs(value) < 0.001) return formatted("%.2e", value);
    if (value >= 1000) return grouped(static_cast<std::int64_t>(std::llround(value)));
    return formatted(value >= 100 ? "%.1f" : value >= 10 ? "%.2f" : "%.4f", value);
}

bool has_figure(const std::vector<RunArm>& arms, const RunFigure& figure) {
    const auto has_values = [](const RunView& run, const std::string& id) {
        const Values* values = run_series(run, id);
        return values != nullptr &&
               std::any_of(values->begin(), values->end(), [](double value) { return std::isfinite(value); });
    };
    const std::string id = figure.id == kJoined ? kJoinedFrom.front() : figure.id;
    for (const RunArm& arm : arms)
        for (const SharedRun& run : arm.runs)
            // Some are there by layer alone.
            if (has_values(*run, id) || (figure.by_layer && has_values(*run, "layer_0." + id))) return true;
    return false;
}

ImVec4 arm_colour(const Theme& theme, const RunArm& arm) {
    return arm.baseline ? theme.colours.dense : line_colour(theme, arm.place);
}

ImVec4 layer_colour(const Theme& theme, std::int64_t layer, std::int64_t layers) {
    // The ends of the map that the ground would swallow are left out.
    const bool dark = theme.kind == ThemeKind::kDark;
    const float part = layers < 2 ? 0 : static_cast<float>(layer) / static_cast<float>(layers - 1);
    const ImU32 colour = colour_at(colour_map("viridis"), dark ? 0.35F + 0.65F * part : 0.72F * part);
    return ImGui::ColorConvertU32ToFloat4(colour);
}

ChartLine thinned(ChartLine line, std::size_t most) {
    if (most < 4 || line.x.size() <= most) return line;
    ChartLine out = line;
    out.x.clear(), out.y.clear();
    const std::size_t parts = most / 2, points = line.x.size();
    for (std::size_t part = 0; part < parts; ++part) {
        const std::size_t from = part * points / parts, to = (part + 1) * points / parts;
        std::size_t least = from, largest = from;
        for (std::size_t at = from; at < to; ++at) {
            if (line.y[at] < line.y[least]) least = at;
            if (line.y[at] > line.y[largest]) largest = at;
        }
        // The newest value is always there.
        if (part + 1 == parts) largest = std::max(least, largest) == points - 1 ? largest : points - 1;
        for (const std::size_t at : {std::min(least, largest), std::max(least, largest)})
            if (out.x.empty() || out.x.back() < line.x[at]) out.add(line.x[at], line.y[at]);
    }
    return out;
}

Chart run_chart(const std::vector<RunArm>& arms, const RunChartWish& wish, const Theme& theme, int most_ticks) {
    Chart out;
    if (wish.layers_of != nullptr)
        add_layers(out, wish, theme);
    else
        for (const RunArm& arm : arms)
            add_arm(out, arm, wish, wish.figure->id, arm.label, arm_colour(theme, arm), true);
    add_levels(out, arms, wish, theme);
    double steps = 0;
    for (const RunArm& arm : arms)
        for (const SharedRun& run : arm.runs)
            if (shown(*run, wish)) steps = std::max(steps, static_cast<double>(run->plan.steps));
    steps = std::max(steps, 1.0);
    out.x.least = -0.015 * steps, out.x.most = 1.04 * steps;  // room for the last tick's label
    out.x.whole = true;
    out.x.label = "step";
    if (wish.figure->share) out.y.text = [](double value) { return formatted("%.4g %%", 100 * value); };
    scale_up(out, *wish.figure, most_ticks);
    return out;
}

}  // namespace gatescope
