// Perplexity as windows come in, dense and under both gates, with its 95 % interval; the tokens that a gate costs most.
#include <algorithm>
#include <cmath>

#include "analysis/abilities.h"
#include "app/window/gate_words.h"
#include "app/window/panels/panel.h"
#include "app/window/panels/waiting.h"
#include "app/window/selection.h"
#include "app/window/token_text.h"
#include "app/window/widgets/controls.h"
#include "app/window/widgets/panel_frame.h"
#include "app/window/widgets/text.h"
#include "implot.h"

namespace gatescope {

namespace {

class PerplexityPanel : public Panel {
  public:
    void draw(Frame& frame, const Box& box) override {
        begin_panel(frame.theme, box,
                    {"Perplexity", "Perplexity", "running estimate by window, with 95 % interval",
                     [&](float& right) { draw_legend(frame, right); }});
        if (!frame.derived.running.empty()) {
            draw_plot(frame);
            draw_words(frame);
        } else if (!draw_inability(frame, why_no_perplexity)) {
            draw_waiting(frame, "The perplexity");
        }
        end_panel();
    }

  private:
    static void draw_legend(Frame& frame, float& right);
    static void draw_plot(Frame& frame);
    static void draw_estimate(const Frame& frame, const RunningPerplexity& running);
    static void react(const Frame& frame);
    static void draw_words(Frame& frame);
    static void draw_cautions(const Frame& frame);
    static void draw_costly(Frame& frame);
};

void PerplexityPanel::draw_legend(Frame& frame, float& right) {
    for (auto running = frame.derived.running.rbegin(); running != frame.derived.running.rend(); ++running) {
        place_right(right, legend_width(frame.theme, running->label), frame.px(14));
        legend(frame.theme, slot_colour(frame.theme, running->slot), running->label);
    }
}

// Covers all lines, and the last intervals as far as they leave the lines apart: intervals of few windows are vast.
void perplexity_range(const Derived& derived, double& low, double& high) {
    double least = 1e300, most = -1e300, lowest = 1e300, highest = -1e300;
    for (const RunningPerplexity& running : derived.running) {
        for (const double value : running.perplexity) least = std::min(least, value), most = std::max(most, value);
        lowest = std::min(lowest, running.low.back()), highest = std::max(highest, running.high.back());
    }
    const double reach = 1.5 * std::max(most - least, 0.08 * most);
    low = std::max(lowest, least - reach), high = std::min(highest, most + reach);
    low = std::min(low, least), high = std::max(high, most);
    const double span = std::max(high - low, 0.02 * high);
    const double step = std::pow(10.0, std::floor(std::log10(span))) / 2;
    low = std::max(0.0, std::floor((low - 0.04 * span) / step) * step);
    high = std::ceil((high + 0.04 * span) / step) * step;
}

void PerplexityPanel::draw_plot(Frame& frame) {
    constexpr ImPlotAxisFlags kStill = ImPlotAxisFlags_NoMenus | ImPlotAxisFlags_NoHighlight | ImPlotAxisFlags_Lock;
    const ImVec2 room = ImGui::GetContentRegionAvail();
    const float words = std::min(frame.px(96), room.y * 0.4F);
    ImGui::PushFont(nullptr, frame.px(12));
    if (ImPlot::BeginPlot("##windows", {room.x, room.y - words},
                          ImPlotFlags_CanvasOnly | ImPlotFlags_NoInputs | ImPlotFlags_NoFrame)) {
        double low = 0, high = 1;
        perplexity_range(frame.derived, low, high);
        const auto windows = static_cast<double>(std::max<std::int64_t>(2, window_count(frame.run)));
        ImPlot::SetupAxes(room.y - words > frame.px(130) ? "windows" : nullptr, nullptr,
                          kStill | ImPlotAxisFlags_NoGridLines, kStill);
        ImPlot::SetupAxisLimits(ImAxis_X1, 1 - 0.03 * windows, windows * 1.03, ImPlotCond_Always);
        ImPlot::SetupAxisLimits(ImAxis_Y1, low, high, ImPlotCond_Always);
        std::vector<double> ticks;
        const auto step = static_cast<std::int64_t>(std::ceil(windows / 10));
        for (std::int64_t window = 1; window <= static_cast<std::int64_t>(windows); window += step)
            ticks.push_back(static_cast<double>(window));
        ImPlot::SetupAxisTicks(ImAxis_X1, ticks.data(), static_cast<int>(ticks.size()));
        ImPlot::SetupAxisFormat(ImAxis_X1, "%.0f");
        ImPlot::SetupFinish();
        for (const RunningPerplexity& running : frame.derived.running) draw_estimate(frame, running);
        react(frame);
        ImPlot::EndPlot();
    }
    ImGui::PopFont();
}

void PerplexityPanel::draw_estimate(const Frame& frame, const RunningPerplexity& running) {
    const ImVec4 colour = slot_colour(frame.theme, running.slot);
    const auto count = static_cast<int>(running.windows.size());
    // The first window alone has no interval, and that of two is wider than anything to be seen.
    if (count > 3) {
        ImPlotSpec band;
        band.FillColor = colour;
        band.FillAlpha = running.slot < 0 ? 0.14F : 0.26F;
        ImPlot::PlotShaded(("##band" + running.label).c_str(), running.windows.data() + 2, running.low.data() + 2,
                           running.high.data() + 2, count - 2, band);
        ImPlotSpec edge;
        edge.LineColor = faded(colour, 0.45F);
        for (const std::vector<double>* values : {&running.low, &running.high})
            ImPlot::PlotLine(("##edge" + running.label).c_str(), running.windows.data() + 2, values->data() + 2,
                             count - 2, edge);
    }
    ImPlotSpec line;
    line.LineColor = colour;
    line.LineWeight = frame.px(2);
    if (count == 1) {
        line.Marker = ImPlotMarker_Circle;
        line.MarkerSize = frame.px(3);
        line.MarkerFillColor = line.MarkerLineColor = colour;
    }
    ImPlot::PlotLine(("##line" + running.label).c_str(), running.windows.data(), running.perplexity.data(), count,
                     line);
}

void PerplexityPanel::react(const Frame& frame) {
    const ImVec2 from = ImPlot::GetPlotPos(), size = ImPlot::GetPlotSize();
    if (!ImGui::IsWindowHovered() || !ImGui::IsMouseHoveringRect(from, {from.x + size.x, from.y + size.y})) return;
    const auto window = static_cast<std::int64_t>(std::round(ImPlot::GetPlotMousePos().x));
    const float x = ImPlot::PlotToPixels(static_cast<double>(window), 0.0).x;
    ImPlot::GetPlotDrawList()->AddLine({x, from.y}, {x, from.y + size.y}, pack(frame.theme.colours.line));
    if (window < 1 || !ImGui::BeginTooltip()) return;
    secondary_text(frame.theme, formatted("after %lld windows", static_cast<long long>(window)));
    for (const RunningPerplexity& running : frame.derived.running) {
        if (window > std::ssize(running.windows)) continue;
        const auto at = static_cast<std::size_t>(window - 1);
        mono_text(frame.theme, formatted("%-5s %8.2f", running.label.c_str(), running.perplexity[at]),
                  slot_colour(frame.theme, running.slot));
        if (window < 2) continue;
        ImGui::SameLine(0, frame.px(12));
        secondary_text(frame.theme, formatted("%.2f – %.2f", running.low[at], running.high[at]));
    }
    ImGui::EndTooltip();
}

void PerplexityPanel::draw_words(Frame& frame) {
    ImGui::Dummy({0, frame.px(2)});
    const PairedDifference& difference = frame.derived.b_from_a;
    if (difference.windows > 0) {
        secondary_text(frame.theme, "B against A");
        ImGui::SameLine(0, frame.px(12));
        mono_text(frame.theme, relative_number(difference), frame.theme.colours.text);
        ImGui::SameLine(0, frame.px(8));
        secondary_text(frame.theme, difference_verdict(difference));
        ImGui::SameLine(0, frame.px(16));
        mono_text(frame.theme, difference_number(difference), frame.theme.colours.secondary);
    }
    draw_cautions(frame);
    draw_costly(frame);
}

// In a line each; whole under the pointer.
void PerplexityPanel::draw_cautions(const Frame& frame) {
    if (frame.run == nullptr || frame.run->model == nullptr) return;
    GateSpec shown;
    for (const int slot : {0, 1})
        if (const auto gate = shown_gates(frame.snapshot).of(slot); gate && *gate < frame.run->gates.size())
            for (const GateTerm& term : frame.run->gates[*gate].gate.terms) shown.terms.push_back(term);
    for (const std::string& caution : cautions_of(shown, frame.run->model->config)) {
        ImGui::PushFont(nullptr, frame.theme.small_size());
        fitted_text(frame.theme, caution, ImGui::GetContentRegionAvail().x, frame.theme.colours.secondary);
        ImGui::PopFont();
    }
}

void PerplexityPanel::draw_costly(Frame& frame) {
    const Derived& derived = frame.derived;
    if (derived.costly.empty()) return;
    const Theme& theme = frame.theme;
    secondary_text(theme,
                   formatted("Tokens of window %lld that %s costs most", static_cast<long long>(frame.view.window + 1),
                             derived.costly_slot == 1 ? "B" : "A"));
    const float right = ImGui::GetCursorPosX() + ImGui::GetContentRegionAvail().x;
    bool first = true;
    for (const LossChange& token : derived.costly) {
        const std::string label = token_label(frame.run, frame.view.window, token.position);
        const std::string nats = formatted(first ? "+%.1f nats" : "+%.1f", static_cast<double>(token.nats));
        const float width = mono_width(theme, label) + frame.px(6) + ImGui::CalcTextSize(nats.c_str()).x;
        if (!first) {
            ImGui::SameLine(0, frame.px(16));
            if (ImGui::GetCursorPosX() + width > right) break;
        }
        const ImVec2 at = ImGui::GetCursorScreenPos();
        mono_text(theme, label, theme.colours.text);
        ImGui::SameLine(0, frame.px(6));
        secondary_text(theme, nats);
        if (ImGui::IsMouseHoveringRect(at, {at.x + width, at.y + theme.text_size()}) && ImGui::IsWindowHovered()) {
            frame.requests.hover.query = token.position;
            if (ImGui::IsMouseClicked(ImGuiMouseButton_Left)) frame.view.query = token.position;
        }
        first = false;
    }
    ImGui::NewLine();
}

}  // namespace

std::unique_ptr<Panel> make_perplexity_panel(Textures& /*textures*/) {
    return std::make_unique<PerplexityPanel>();
}

}  // namespace gatescope
