#include "app/window/panels/sensitivity_chart.h"

#include <cmath>

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

}  // namespace

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
    const auto& budgets = result.request.k;
    for (std::size_t k = 0; k < budgets.size(); ++k) {
        if (hidden.contains(budgets[k])) continue;
        ChartLine line;
        line.label = "k = " + std::to_string(budgets[k]);
        line.colour = budget_colour(theme, k, budgets.size());
        line.marked = true;
        for (std::int64_t layer = 0; layer < result.n_layers; ++layer) {
            const SensitivityPoint& point = result.layer_at(k, layer);
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
    bars.label = "proposed k";
    bars.colour = theme.colours.accent;
    bars.bars = true;
    if (result.proposal)
        for (std::size_t layer = 0; layer < result.proposal->k.size(); ++layer)
            bars.add(static_cast<double>(layer), static_cast<double>(result.proposal->k[layer]));
    out.lines.push_back(std::move(bars));
    set_layer_axis(out.x, result.n_layers);
    const double mean = result.request.mean_k;
    out.levels.push_back({formatted("%.4g everywhere", mean), mean, theme.colours.text});
    out.levels.push_back({"", 0, ImVec4(0, 0, 0, 0)});  // bars stand on 0
    out.y.label = "proposed k";
    return out;
}

}  // namespace gatescope
