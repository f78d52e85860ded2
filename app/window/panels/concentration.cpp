// The chosen figure by layer: bars for the layers' means, a dot for each head, a dashed line for the mean of all.
#include <algorithm>
#include <cmath>

#include "app/window/panels/panel.h"
#include "app/window/panels/waiting.h"
#include "app/window/selection.h"
#include "app/window/widgets/panel_frame.h"
#include "app/window/widgets/text.h"
#include "implot.h"

namespace gatescope {

namespace {

class ConcentrationPanel : public Panel {
  public:
    void draw(Frame& frame, const Box& box) override {
        begin_panel(frame.theme, box, {"Concentration", "Concentration by layer", about(frame), {}});
        if (frame.derived.grid == nullptr)
            draw_waiting(frame, "The figure of each layer");
        else
            draw_plot(frame);
        end_panel();
    }

  private:
    static std::string about(const Frame& frame) {
        const MetricInfo& metric = *frame.derived.metric;
        if (metric.id == "mass_at_k")
            return formatted("share of attention in the %d strongest keys; dots are heads", frame.view.k);
        return frame.derived.metric_label + (metric.unit.empty() || metric.share ? "" : ", " + metric.unit) +
               "; dots are heads";
    }
    static void draw_plot(Frame& frame);
    static void draw_bars(const Frame& frame);
    static void draw_heads(const Frame& frame);
    static void draw_mean(const Frame& frame);
    static void react(Frame& frame);
};

// Whole steps below and above what is shown, so that growing results seldom move the axis.
void value_range(const Derived& derived, double& low, double& high) {
    low = std::min(0.0, static_cast<double>(derived.least));
    high = static_cast<double>(derived.most);
    if (derived.metric->share) {
        low = std::floor(static_cast<double>(derived.least) * 20 - 0.3) / 20;
        low = std::clamp(low, 0.0, 0.9);
        high = std::min(1.0, std::ceil(high * 10) / 10) + (1.0 - low) * 0.05;
        return;
    }
    const double span = std::max(high - low, 1e-9);
    const double step = std::pow(10.0, std::floor(std::log10(span)));
    high = std::ceil(high * 1.02 / step * 2) * step / 2;
    if (low < 0) low = std::floor(low / step * 2) * step / 2;
}

int axis_label(double value, char* buffer, int size, void* data) {
    const auto& metric = *static_cast<const MetricInfo*>(data);
    return metric.share ? std::snprintf(buffer, static_cast<std::size_t>(size), "%.0f %%", value * 100)
                        : std::snprintf(buffer, static_cast<std::size_t>(size), "%g", value);
}

void ConcentrationPanel::draw_plot(Frame& frame) {
    constexpr ImPlotAxisFlags kStill = ImPlotAxisFlags_NoMenus | ImPlotAxisFlags_NoHighlight | ImPlotAxisFlags_Lock;
    ImGui::PushFont(nullptr, frame.px(12));
    if (ImPlot::BeginPlot("##layers", ImGui::GetContentRegionAvail(),
                          ImPlotFlags_CanvasOnly | ImPlotFlags_NoInputs | ImPlotFlags_NoFrame)) {
        const Derived& derived = frame.derived;
        double low = 0, high = 1;
        value_range(derived, low, high);
        ImPlot::SetupAxes(ImGui::GetContentRegionAvail().y > frame.px(130) ? "layer" : nullptr, nullptr,
                          kStill | ImPlotAxisFlags_NoGridLines, kStill);
        ImPlot::SetupAxisLimits(ImAxis_X1, -0.7, static_cast<double>(derived.layers.size()) - 0.3, ImPlotCond_Always);
        ImPlot::SetupAxisLimits(ImAxis_Y1, low, high, ImPlotCond_Always);
        ImPlot::SetupAxisFormat(ImAxis_Y1, axis_label, const_cast<MetricInfo*>(derived.metric));
        std::vector<double> places;
        std::vector<std::string> names;
        const std::size_t step = derived.layers.size() > 48 ? 10 : derived.layers.size() > 16 ? 5 : 1;
        for (std::size_t row = 0; row < derived.layers.size(); row += step) {
            places.push_back(static_cast<double>(row));
            names.push_back(std::to_string(derived.layers[row]));
        }
        std::vector<const char*> labels;
        for (const std::string& name : names) labels.push_back(name.c_str());
        ImPlot::SetupAxisTicks(ImAxis_X1, places.data(), static_cast<int>(places.size()), labels.data());
        ImPlot::SetupFinish();
        draw_bars(frame);
        draw_heads(frame);
        draw_mean(frame);
        react(frame);
        ImPlot::EndPlot();
    }
    ImGui::PopFont();
}

void ConcentrationPanel::draw_bars(const Frame& frame) {
    const Derived& derived = frame.derived;
    ImDrawList* draw = ImPlot::GetPlotDrawList();
    const ImPlotRect limits = ImPlot::GetPlotLimits();
    const double base = std::max(limits.Y.Min, 0.0);
    const std::int64_t chosen = derived.row_of(frame.view.selected.layer);
    ImPlot::PushPlotClipRect();
    for (std::size_t row = 0; row < derived.layer_means.size(); ++row) {
        if (std::isnan(derived.layer_means[row])) continue;
        const auto x = static_cast<double>(row);
        ImVec2 top = ImPlot::PlotToPixels(x - 0.38, static_cast<double>(derived.layer_means[row]));
        ImVec2 bottom = ImPlot::PlotToPixels(x + 0.38, base);
        if (top.y > bottom.y) std::swap(top.y, bottom.y);
        const bool lit = static_cast<std::int64_t>(row) == chosen;
        draw->AddRectFilled(top, bottom, pack(faded(frame.theme.colours.accent, lit ? 1.0F : 0.62F)));
    }
    ImPlot::PopPlotClipRect();
}

void ConcentrationPanel::draw_heads(const Frame& frame) {
    const Derived& derived = frame.derived;
    ImDrawList* draw = ImPlot::GetPlotDrawList();
    const float radius = std::max(1.5F, frame.px(2));
    ImPlot::PushPlotClipRect(frame.px(3));
    for (std::int64_t row = 0; row < derived.grid->n_layers; ++row)
        for (std::int64_t column = 0; column < derived.grid->n_heads; ++column) {
            const float value = derived.grid->at(row, column);
            if (std::isnan(value)) continue;
            const ImVec2 at = ImPlot::PlotToPixels(static_cast<double>(row), static_cast<double>(value));
            draw->AddCircleFilled(at, radius + 1, pack(faded(frame.theme.colours.panel, 0.7F)), 8);
            const HeadPlace place{derived.layers[static_cast<std::size_t>(row)],
                                  derived.heads[static_cast<std::size_t>(column)]};
            const bool chosen = frame.view.also.contains(place);
            if (chosen) draw->AddCircleFilled(at, radius + frame.px(2), pack(frame.theme.colours.selected), 10);
            draw->AddCircleFilled(at, radius,
                                  pack(chosen ? frame.theme.colours.accent : faded(frame.theme.colours.text, 0.9F)), 8);
        }
    ImPlot::PopPlotClipRect();
}

void ConcentrationPanel::draw_mean(const Frame& frame) {
    const Derived& derived = frame.derived;
    ImDrawList* draw = ImPlot::GetPlotDrawList();
    const ImPlotRect limits = ImPlot::GetPlotLimits();
    const ImVec2 from = ImPlot::PlotToPixels(limits.X.Min, static_cast<double>(derived.mean));
    const float end = ImPlot::PlotToPixels(limits.X.Max, 0.0).x, dash = frame.px(5);
    const ImU32 colour = pack(frame.theme.colours.text);
    for (float x = from.x; x < end; x += 2 * dash)
        draw->AddLine({x, from.y}, {std::min(x + dash, end), from.y}, colour);
    const std::string label = "mean " + format_metric(*derived.metric, derived.mean);
    const ImVec2 size = ImGui::CalcTextSize(label.c_str());
    const ImVec2 at(end - size.x - frame.px(6), from.y + frame.px(5));
    draw->AddRectFilled({at.x - 4, at.y - 1}, {at.x + size.x + 4, at.y + size.y + 1},
                        pack(faded(frame.theme.colours.panel, 0.88F)), 3);
    draw->AddText(at, colour, label.c_str());
}

void ConcentrationPanel::react(Frame& frame) {
    const ImVec2 from = ImPlot::GetPlotPos(), size = ImPlot::GetPlotSize();
    if (!ImGui::IsWindowHovered() || !ImGui::IsMouseHoveringRect(from, {from.x + size.x, from.y + size.y})) return;
    const Derived& derived = frame.derived;
    const auto row = static_cast<std::int64_t>(std::round(ImPlot::GetPlotMousePos().x));
    if (row < 0 || row >= std::ssize(derived.layers)) return;
    const double mouse = ImPlot::GetPlotMousePos().y;
    std::int64_t nearest = 0;
    double best = 1e300;
    for (std::int64_t column = 0; column < derived.grid->n_heads; ++column) {
        const double away = std::abs(static_cast<double>(derived.grid->at(row, column)) - mouse);
        if (away < best) best = away, nearest = column;
    }
    const HeadPlace place{derived.layers[static_cast<std::size_t>(row)],
                          derived.heads[static_cast<std::size_t>(nearest)]};
    frame.requests.hover.head = place;
    if (ImGui::IsMouseClicked(ImGuiMouseButton_Left)) select_head(frame, place, ImGui::GetIO().KeyShift);
    ImGui::SetTooltip("Layer %lld: mean %s\nhead %lld: %s", static_cast<long long>(place.layer),
                      format_metric(*derived.metric, derived.layer_means[static_cast<std::size_t>(row)]).c_str(),
                      static_cast<long long>(place.head),
                      format_metric(*derived.metric, derived.grid->at(row, nearest)).c_str());
}

}  // namespace

std::unique_ptr<Panel> make_concentration_panel(Textures& /*textures*/) {
    return std::make_unique<ConcentrationPanel>();
}

}  // namespace gatescope
