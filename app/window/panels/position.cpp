// What gates cost by position in the window: nats above dense, mean over windows with its standard error.
#include <algorithm>
#include <array>
#include <cmath>

#include "analysis/abilities.h"
#include "app/window/loss_changes.h"
#include "app/window/panels/panel.h"
#include "app/window/panels/waiting.h"
#include "app/window/selection.h"
#include "app/window/widgets/controls.h"
#include "app/window/widgets/panel_frame.h"
#include "app/window/widgets/text.h"
#include "implot.h"

namespace gatescope {

namespace {

constexpr std::int64_t kBuckets = 32;

struct Line {
    int slot = 0;
    std::vector<PositionChange> changes;
    std::vector<double> middle, mean, low, high;
};

class PositionPanel : public Panel {
  public:
    void draw(Frame& frame, const Box& box) override {
        refresh(frame);
        begin_panel(frame.theme, box,
                    {"Position", "By position", "what gates cost, mean over windows ± standard error",
                     [&](float& right) { draw_legend(frame, right); }});
        if (!lines_.empty())
            draw_plot(frame);
        else
            draw_nothing(frame);
        end_panel();
    }

  private:
    void refresh(const Frame& frame);
    void draw_legend(const Frame& frame, float& right) const;
    static void draw_nothing(Frame& frame);
    void draw_plot(const Frame& frame) const;
    void set_axes(const Frame& frame, bool labelled) const;
    static void draw_line(const Frame& frame, const Line& line);
    void react(const Frame& frame) const;

    std::array<LossStage, 2> stages_;
    std::vector<Line> lines_;
};

Line line_of(std::vector<PositionChange> changes, int slot) {
    Line line;
    line.slot = slot;
    line.changes = std::move(changes);
    for (const PositionChange& change : line.changes) {
        const double error = std::isnan(change.error) ? 0 : change.error;
        line.middle.push_back(static_cast<double>(change.from + change.to - 1) / 2);
        line.mean.push_back(change.mean);
        line.low.push_back(change.mean - error);
        line.high.push_back(change.mean + error);
    }
    return line;
}

void PositionPanel::refresh(const Frame& frame) {
    const ShownGates gates = shown_gates(frame.snapshot);
    std::array<LossStage, 2> stages{loss_stage(frame.run, gates.a), loss_stage(frame.run, gates.b)};
    if (stages == stages_) return;
    stages_ = std::move(stages);
    lines_.clear();
    for (const int slot : {0, 1}) {
        const auto gate = gates.of(slot);
        if (frame.run == nullptr || !gate || *gate >= frame.run->gates.size()) continue;
        auto changes = change_by_position(frame.run->gates[*gate].perplexity, frame.run->dense,
                                          frame.run->request.window_length, kBuckets);
        if (!changes.empty()) lines_.push_back(line_of(std::move(changes), slot));
    }
}

void PositionPanel::draw_legend(const Frame& frame, float& right) const {
    for (auto line = lines_.rbegin(); line != lines_.rend(); ++line) {
        const char* label = line->slot == 0 ? "A" : "B";
        place_right(right, legend_width(frame.theme, label), frame.px(14));
        legend(frame.theme, slot_colour(frame.theme, line->slot), label);
    }
}

void PositionPanel::draw_nothing(Frame& frame) {
    if (draw_inability(frame, why_no_gates) || draw_inability(frame, why_no_perplexity)) return;
    const Settings& settings = frame.snapshot.settings;
    if (frame.run == nullptr || settings.gate_a != "dense" || settings.gate_b != "dense")
        draw_waiting(frame, "What gates cost by position");
    else if (empty_panel(frame.theme, "What a gate costs depends on how many keys there are to drop.",
                         "Switch gate A on"))
        toggle_gate(frame, 0);
}

void PositionPanel::set_axes(const Frame& frame, bool labelled) const {
    constexpr ImPlotAxisFlags kStill = ImPlotAxisFlags_NoMenus | ImPlotAxisFlags_NoHighlight | ImPlotAxisFlags_Lock;
    double low = 0, high = 0;
    for (const Line& line : lines_) {
        low = std::min(low, *std::min_element(line.low.begin(), line.low.end()));
        high = std::max(high, *std::max_element(line.high.begin(), line.high.end()));
    }
    const double margin = std::max(0.06 * (high - low), 1e-4);
    ImPlot::SetupAxes(labelled ? "position in the window" : nullptr, labelled ? "nats above dense" : nullptr,
                      kStill | ImPlotAxisFlags_NoGridLines, kStill);
    ImPlot::SetupAxisLimits(ImAxis_X1, 0, static_cast<double>(frame.run->request.window_length), ImPlotCond_Always);
    ImPlot::SetupAxisLimits(ImAxis_Y1, low - margin, high + margin, ImPlotCond_Always);
    ImPlot::SetupAxisFormat(ImAxis_Y1, "%+g");
    ImPlot::SetupFinish();
}

void PositionPanel::draw_plot(const Frame& frame) const {
    const ImVec2 room = ImGui::GetContentRegionAvail();
    ImGui::PushFont(nullptr, frame.px(12));
    if (ImPlot::BeginPlot("##positions", room, ImPlotFlags_CanvasOnly | ImPlotFlags_NoInputs | ImPlotFlags_NoFrame)) {
        set_axes(frame, room.y > frame.px(130));
        const ImVec2 from = ImPlot::GetPlotPos(), size = ImPlot::GetPlotSize();
        const float zero = ImPlot::PlotToPixels(0.0, 0.0).y;
        ImPlot::GetPlotDrawList()->AddLine({from.x, zero}, {from.x + size.x, zero}, pack(frame.theme.colours.dense));
        for (const Line& line : lines_) draw_line(frame, line);
        react(frame);
        ImPlot::EndPlot();
    }
    ImGui::PopFont();
}

void PositionPanel::draw_line(const Frame& frame, const Line& line) {
    const ImVec4 colour = slot_colour(frame.theme, line.slot);
    const auto count = static_cast<int>(line.middle.size());
    const std::string name = line.slot == 0 ? "A" : "B";
    ImPlotSpec band;
    band.FillColor = colour;
    band.FillAlpha = 0.24F;
    ImPlot::PlotShaded(("##band" + name).c_str(), line.middle.data(), line.low.data(), line.high.data(), count, band);
    ImPlotSpec spec;
    spec.LineColor = colour;
    spec.LineWeight = frame.px(2);
    ImPlot::PlotLine(("##mean" + name).c_str(), line.middle.data(), line.mean.data(), count, spec);
}

void PositionPanel::react(const Frame& frame) const {
    const ImVec2 from = ImPlot::GetPlotPos(), size = ImPlot::GetPlotSize();
    if (!ImGui::IsWindowHovered() || !ImGui::IsMouseHoveringRect(from, {from.x + size.x, from.y + size.y})) return;
    const auto position = static_cast<std::int64_t>(ImPlot::GetPlotMousePos().x);
    if (!ImGui::BeginTooltip()) return;
    for (const Line& line : lines_)
        for (const PositionChange& change : line.changes) {
            if (position < change.from || position >= change.to) continue;
            if (line.slot == lines_.front().slot)
                secondary_text(frame.theme, formatted("positions %lld to %lld", static_cast<long long>(change.from),
                                                      static_cast<long long>(change.to - 1)));
            const std::string error = std::isnan(change.error) ? "" : formatted(" ± %.3f", change.error);
            mono_text(frame.theme, formatted("%s %+.3f%s nats", line.slot == 0 ? "A" : "B", change.mean, error.c_str()),
                      slot_colour(frame.theme, line.slot));
        }
    ImGui::EndTooltip();
}

}  // namespace

std::unique_ptr<Panel> make_position_panel(Textures& /*textures*/) {
    return std::make_unique<PositionPanel>();
}

}  // namespace gatescope
