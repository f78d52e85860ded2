// The selected heads: how much of their attention the k strongest keys hold, against their layer and all heads.
#include <algorithm>
#include <cmath>

#include "app/window/panels/panel.h"
#include "app/window/panels/waiting.h"
#include "app/window/selection.h"
#include "app/window/widgets/controls.h"
#include "app/window/widgets/panel_frame.h"
#include "app/window/widgets/text.h"
#include "implot.h"

namespace gatescope {

namespace {

class HeadPanel : public Panel {
  public:
    void draw(Frame& frame, const Box& box) override {
        const HeadPlace& place = frame.view.selected;
        const std::string about =
            formatted("layer %lld, head %lld", static_cast<long long>(place.layer), static_cast<long long>(place.head));
        begin_panel(frame.theme, box, {"Head", "Head", about, {}});
        const bool measured =
            frame.run != nullptr && frame.run->concentration && !frame.run->concentration->mass_at_k.empty();
        if (!measured || frame.derived.row_of(place.layer) < 0 || frame.derived.column_of(place.head) < 0)
            draw_waiting(frame, "How concentrated the selected head is");
        else
            draw_head(frame);
        end_panel();
    }

  private:
    static void draw_head(Frame& frame);
    static void draw_lines(const Frame& frame);
    static void draw_figures(const Frame& frame);
};

// Mass at every k of a head, or of the mean over the heads of one layer (head -1) or of all (both -1).
std::vector<double> curve(const RunResult& run, std::int64_t row, std::int64_t column) {
    std::vector<double> out;
    for (const HeadGrid& grid : run.concentration->mass_at_k) {
        double sum = 0, count = 0;
        for (std::int64_t r = row < 0 ? 0 : row; r < (row < 0 ? grid.n_layers : row + 1); ++r)
            for (std::int64_t c = column < 0 ? 0 : column; c < (column < 0 ? grid.n_heads : column + 1); ++c)
                sum += static_cast<double>(grid.at(r, c)), ++count;
        out.push_back(sum / count);
    }
    return out;
}

int share_label(double value, char* buffer, int size, void* /*data*/) {
    return std::snprintf(buffer, static_cast<std::size_t>(size), "%.0f %%", value * 100);
}

void HeadPanel::draw_lines(const Frame& frame) {
    const RunResult& run = *frame.run;
    const Derived& derived = frame.derived;
    std::vector<double> ks;
    for (const std::int32_t k : run.concentration->k) ks.push_back(static_cast<double>(k));
    const auto line = [&](const char* id, std::int64_t row, std::int64_t column, const ImVec4& colour, float weight) {
        const std::vector<double> values = curve(run, row, column);
        ImPlotSpec spec;
        spec.LineColor = colour;
        spec.LineWeight = weight;
        ImPlot::PlotLine(id, ks.data(), values.data(), static_cast<int>(std::min(ks.size(), values.size())), spec);
    };
    const Palette& colours = frame.theme.colours;
    const std::int64_t row = derived.row_of(frame.view.selected.layer);
    line("##all", -1, -1, faded(colours.secondary, 0.6F), frame.px(1.5F));
    line("##layer", row, -1, colours.secondary, frame.px(1.5F));
    int other = 0;
    for (const HeadPlace& place : frame.view.also)
        line(("##also" + std::to_string(other++)).c_str(), derived.row_of(place.layer), derived.column_of(place.head),
             faded(colours.accent, 0.5F), frame.px(1));
    line("##head", row, derived.column_of(frame.view.selected.head), colours.accent, frame.px(2));
    const ImVec2 at = ImPlot::PlotToPixels(static_cast<double>(frame.view.k), 0.0);
    const ImVec2 from = ImPlot::GetPlotPos(), size = ImPlot::GetPlotSize();
    ImDrawList* draw = ImPlot::GetPlotDrawList();
    const float dash = frame.px(4);
    for (float y = from.y; y < from.y + size.y; y += 2 * dash)
        draw->AddLine({at.x, y}, {at.x, std::min(y + dash, from.y + size.y)}, pack(faded(colours.text, 0.5F)));
}

void HeadPanel::draw_figures(const Frame& frame) {
    const Derived& derived = frame.derived;
    const std::int64_t row = derived.row_of(frame.view.selected.layer),
                       column = derived.column_of(frame.view.selected.head);
    const float label = frame.px(128), value = frame.px(84), whole = ImGui::GetContentRegionAvail().x;
    for (const MetricInfo& metric : metric_infos()) {
        if (metric.of_gate || metric.on_demand || metric.takes_k || metric.of_spectra) continue;
        const std::shared_ptr<const HeadGrid> grid = metric_grid(*frame.run, metric, frame.view.k);
        if (grid == nullptr || grid->values.empty()) continue;
        if (ImGui::GetContentRegionAvail().y < ImGui::GetTextLineHeight()) return;
        value_row(frame.theme, metric.label, format_metric(metric, grid->at(row, column)), label,
                  std::max(value, whole - label));
        tooltip(frame.theme, metric.help);
    }
}

void HeadPanel::draw_head(Frame& frame) {
    constexpr ImPlotAxisFlags kStill = ImPlotAxisFlags_NoMenus | ImPlotAxisFlags_NoHighlight | ImPlotAxisFlags_Lock;
    const std::vector<std::int32_t>& k = frame.run->concentration->k;
    const float row = ImGui::GetTextLineHeightWithSpacing(), room = ImGui::GetContentRegionAvail().y;
    const float figures = std::clamp(room - frame.px(150), 0.0F, 7 * row);
    legend(frame.theme, frame.theme.colours.accent, "head");
    ImGui::SameLine(0, frame.px(14));
    legend(frame.theme, frame.theme.colours.secondary, "layer mean");
    ImGui::SameLine(0, frame.px(14));
    legend(frame.theme, faded(frame.theme.colours.secondary, 0.6F), "all heads");
    ImGui::PushFont(nullptr, frame.px(12));
    const float height = std::max(frame.px(60), ImGui::GetContentRegionAvail().y - figures);
    if (ImPlot::BeginPlot("##mass", {ImGui::GetContentRegionAvail().x, height},
                          ImPlotFlags_CanvasOnly | ImPlotFlags_NoInputs | ImPlotFlags_NoFrame)) {
        ImPlot::SetupAxes("strongest keys", nullptr, kStill | ImPlotAxisFlags_NoGridLines, kStill);
        ImPlot::SetupAxisScale(ImAxis_X1, ImPlotScale_Log10);
        ImPlot::SetupAxisLimits(ImAxis_X1, 1, std::max(2.0, 1.2 * static_cast<double>(k.back())), ImPlotCond_Always);
        ImPlot::SetupAxisLimits(ImAxis_Y1, 0, 1.04, ImPlotCond_Always);
        ImPlot::SetupAxisFormat(ImAxis_Y1, share_label);
        std::vector<double> ticks;
        for (std::size_t i = 0; i < k.size(); i += 2) ticks.push_back(static_cast<double>(k[i]));
        ImPlot::SetupAxisTicks(ImAxis_X1, ticks.data(), static_cast<int>(ticks.size()));
        ImPlot::SetupAxisFormat(ImAxis_X1, "%.0f");
        ImPlot::SetupFinish();
        draw_lines(frame);
        const ImVec2 from = ImPlot::GetPlotPos(), size = ImPlot::GetPlotSize();
        if (ImGui::IsWindowHovered() && ImGui::IsMouseHoveringRect(from, {from.x + size.x, from.y + size.y})) {
            const double mouse = ImPlot::GetPlotMousePos().x;
            const auto at = std::min<std::size_t>(
                static_cast<std::size_t>(std::lower_bound(k.begin(), k.end(), static_cast<std::int32_t>(mouse)) -
                                         k.begin()),
                k.size() - 1);
            const std::int64_t head_row = frame.derived.row_of(frame.view.selected.layer);
            const auto mass = [&](std::int64_t r, std::int64_t c) { return 100 * curve(*frame.run, r, c)[at]; };
            ImGui::SetTooltip("%d strongest keys\nhead %.1f %%\nlayer mean %.1f %%\nall heads %.1f %%", k[at],
                              mass(head_row, frame.derived.column_of(frame.view.selected.head)), mass(head_row, -1),
                              mass(-1, -1));
        }
        ImPlot::EndPlot();
    }
    ImGui::PopFont();
    draw_figures(frame);
}

}  // namespace

std::unique_ptr<Panel> make_head_panel(Textures& /*textures*/) {
    return std::make_unique<HeadPanel>();
}

}  // namespace gatescope
