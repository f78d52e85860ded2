#include "app/window/panels/sensitivity_chart.h"

#include <cmath>

#include "analysis/kept_rank.h"
#include "app/window/colour_maps.h"
#include "app/window/widgets/text.h"

namespace gatescope {

namespace {

void set_layer_axis(ChartAxis& axis, std::int64_t n_layers) {
    axis.label = "layer";
    axis.whole = true;
    axis.least = -0.7, axis.most = static_cast<double>(n_layers) - 0.3;
    const std::int64_t step = n_layers > 48 ? 10 : n_layers > 16 ? 5 : 1;
    for (std::int64_t layer = 0; layer < n_layers; layer += step) axis.ticks.push_back(static_cast<double>(layer));
}

// A dot at each layer that one of the budgets keeps 99 % of the model at.
void add_kept(const SensitivityResult& result, const Theme& theme, Chart& out) {
    const auto kept = kept_budgets(result);
    for (std::size_t layer = 0; layer < kept.size(); ++layer) {
        if (!kept[layer]) continue;
        ChartLine dot;
        dot.label = "keeps 99 % of the model";
        dot.colour = theme.colours.text;
        dot.add(static_cast<double>(layer), static_cast<double>(*kept[layer]));
        out.lines.push_back(std::move(dot));
    }
}

}  // namespace

const std::string& budget_name(const SensitivityResult& result) {
    return swept_info(swept_of({{result.request.gate}})).name;
}

std::string kept_text(const SensitivityResult& result, std::int64_t layer) {
    const auto kept = kept_budgets(result).at(static_cast<std::size_t>(layer));
    if (!kept) return "no " + budget_name(result) + " here keeps 99 % of the model";
    return "keeps 99 % of the model from " + budget_name(result) + " = " + std::to_string(*kept) + " on";
}

ImVec4 budget_colour(const Theme& theme, std::size_t index, std::size_t count) {
    // The part of the map that stands out from the panel: its bright end on dark, its dark end on light.
    const float part = count < 2 ? 0.5F : static_cast<float>(index) / static_cast<float>(count - 1);
    const float place = theme.kind == ThemeKind::kDark ? 0.95F - 0.55F * part : 0.05F + 0.6F * part;
    return ImGui::ColorConvertU32ToFloat4(colour_at(colour_map("viridis"), place));
}

std::string cost_text(const SensitivityPoint& point) {
    if (!std::isfinite(point.nll)) return "–";
    return formatted("%+.4f", point.nll) +
           (std::isfinite(point.standard_error) ? formatted(" ± %.4f", point.standard_error) : "") + " nats";
}

Chart cost_chart(const SensitivityResult& result, const std::set<std::int64_t>& hidden, const Theme& theme) {
    Chart out;
    const auto& budgets = result.request.budgets;
    for (std::size_t budget = 0; budget < budgets.size(); ++budget) {
        if (hidden.contains(budgets[budget])) continue;
        ChartLine line;
        line.label = budget_name(result) + " = " + std::to_string(budgets[budget]);
        line.colour = budget_colour(theme, budget, budgets.size());
        line.marked = true;
        for (std::int64_t layer = 0; layer < result.n_layers; ++layer) {
            const SensitivityPoint& point = result.layer_at(budget, layer);
            line.add(static_cast<double>(layer), point.nll, point.nll - point.standard_error,
                     point.nll + point.standard_error);
        }
        out.lines.push_back(std::move(line));
    }
    set_layer_axis(out.x, result.n_layers);
    out.levels.push_back({"", 0, theme.colours.secondary});
    out.y.label = "nats above dense";
    return out;
}

Chart budget_chart(const SensitivityResult& result, const Theme& theme) {
    Chart out;
    ChartLine bars;
    bars.label = "proposed " + budget_name(result);
    bars.colour = theme.colours.accent;
    bars.bars = true;
    if (result.proposal)
        for (std::size_t layer = 0; layer < result.proposal->budgets.size(); ++layer)
            bars.add(static_cast<double>(layer), static_cast<double>(result.proposal->budgets[layer]));
    out.lines.push_back(std::move(bars));
    add_kept(result, theme, out);
    set_layer_axis(out.x, result.n_layers);
    const double mean = result.request.mean_budget;
    out.levels.push_back({formatted("%.4g everywhere", mean), mean, theme.colours.text});
    out.levels.push_back({"", 0, ImVec4(0, 0, 0, 0)});  // bars stand on 0
    out.y.label = "proposed " + budget_name(result);
    return out;
}

}  // namespace gatescope
