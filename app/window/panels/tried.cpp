// Every gate setting that was measured on this text: perplexity with its interval, by order of trial or by sparsity. A
// click goes back to a setting.
#include <algorithm>
#include <array>
#include <cmath>

#include "analysis/abilities.h"
#include "app/window/gate_words.h"
#include "app/window/panels/panel.h"
#include "app/window/panels/waiting.h"
#include "app/window/selection.h"
#include "app/window/widgets/controls.h"
#include "app/window/widgets/panel_frame.h"
#include "app/window/widgets/text.h"
#include "implot.h"

namespace gatescope {

namespace {

constexpr std::array<std::uint32_t, 7> kDarkKinds = {0x2EC4B6, 0xC79BF2, 0xE6D15C, 0xF08CB4,
                                                     0x8FD175, 0x79C7EA, 0xD9A585};
constexpr std::array<std::uint32_t, 7> kLightKinds = {0x0B7A70, 0x7B3FC0, 0x8A7200, 0xB8306E,
                                                      0x3F7F22, 0x1B7AA6, 0x8C5A3C};

ImU32 kind_colour(const Theme& theme, std::size_t kind) {
    const auto& table = theme.kind == ThemeKind::kDark ? kDarkKinds : kLightKinds;
    const std::uint32_t rgb = table[kind % table.size()];
    return IM_COL32((rgb >> 16U) & 255U, (rgb >> 8U) & 255U, rgb & 255U, 255);
}

// Kinds differ in shape too: circle, square, diamond, triangle.
void draw_mark(ImDrawList* draw, std::size_t kind, const ImVec2& at, float radius, ImU32 colour) {
    switch (kind % 4) {
        case 0:
            draw->AddCircleFilled(at, radius, colour, 16);
            return;
        case 1:
            draw->AddRectFilled({at.x - radius * 0.86F, at.y - radius * 0.86F},
                                {at.x + radius * 0.86F, at.y + radius * 0.86F}, colour);
            return;
        case 2:
            draw->AddNgonFilled(at, radius * 1.15F, colour, 4);
            return;
        default:
            draw->AddTriangleFilled({at.x, at.y - radius * 1.1F}, {at.x - radius, at.y + radius * 0.8F},
                                    {at.x + radius, at.y + radius * 0.8F}, colour);
    }
}

struct Point {
    const TriedGate* gate = nullptr;
    std::size_t kind = 0;
    double x = 0;
    ImVec2 at;
};

struct Span {
    double low = 0, high = 1;
    bool logarithmic = false;
};

class TriedPanel : public Panel {
  public:
    void draw(Frame& frame, const Box& box) override {
        begin_panel(frame.theme, box,
                    {"Tried", "Tried", "perplexity of every gate measured on this text",
                     [&](float& right) { draw_choice(frame, right); }});
        if (!frame.tried.gates().empty())
            draw_chart(frame);
        else if (draw_inability(frame, why_no_gates) || draw_inability(frame, why_no_perplexity))
            return end_panel();
        else if (std::isnan(frame.tried.dense().perplexity))
            draw_waiting(frame, "The perplexity under each gate that is tried");
        else if (empty_panel(frame.theme, "Each gate that is measured becomes a point here.", "Switch gate A on"))
            toggle_gate(frame, 0);
        end_panel();
    }

  private:
    static void draw_choice(Frame& frame, float& right);
    static void draw_kinds(const Frame& frame, const std::vector<std::string>& kinds);
    void draw_chart(Frame& frame);
    void place_points(const Frame& frame, const std::vector<std::string>& kinds);
    static Span span_of(const Frame& frame);
    void set_axes(const Frame& frame, const Span& span, bool labelled) const;
    static void draw_dense(const Frame& frame);
    void draw_points(const Frame& frame);
    static void outline(const Frame& frame, const Point& point);
    void react(Frame& frame, const Box& plot);
    static void explain(const Frame& frame, const TriedGate& tried);

    std::vector<Point> points_;
};

void TriedPanel::draw_choice(Frame& frame, float& right) {
    bool& by_sparsity = frame.view.tried_by_sparsity;
    const float width = menu_width(frame.theme, "by sparsity");
    place_right(right, width, frame.px(8));
    if (!begin_menu(frame.theme, "##by", by_sparsity ? "by sparsity" : "by trial", "What the points are ordered by",
                    width))
        return;
    if (menu_choice(frame.theme, "by trial", !by_sparsity, "In the order in which they were tried first"))
        by_sparsity = false;
    if (menu_choice(frame.theme, "by sparsity", by_sparsity, "By the share of keys that the last query drops"))
        by_sparsity = true;
    ImGui::EndPopup();
}

// In as many lines as they need, but no more than two.
void TriedPanel::draw_kinds(const Frame& frame, const std::vector<std::string>& kinds) {
    ImDrawList* draw = ImGui::GetWindowDrawList();
    ImGui::PushFont(nullptr, frame.theme.small_size());
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float line = ImGui::GetTextLineHeight(), right = at.x + ImGui::GetContentRegionAvail().x;
    const float more = ImGui::CalcTextSize("and 00 more").x;
    ImVec2 pen = at;
    for (std::size_t kind = 0; kind < kinds.size(); ++kind) {
        const float width = frame.px(14) + ImGui::CalcTextSize(kinds[kind].c_str()).x;
        const bool second = pen.y > at.y, last = kind + 1 == kinds.size();
        if (pen.x > at.x && !second && pen.x + width > right) pen = {at.x, pen.y + line + frame.px(2)};
        if (pen.y > at.y && pen.x + width + (last ? 0 : more) > right) {
            draw->AddText(pen, pack(frame.theme.colours.secondary),
                          formatted("and %zu more", kinds.size() - kind).c_str());
            break;
        }
        draw_mark(draw, kind, {pen.x + frame.px(5), std::round(pen.y + line / 2)}, frame.px(4),
                  kind_colour(frame.theme, kind));
        draw->AddText({pen.x + frame.px(14), pen.y}, pack(frame.theme.colours.secondary), kinds[kind].c_str());
        pen.x += width + frame.px(14);
    }
    ImGui::Dummy({right - at.x, pen.y - at.y + line});
    ImGui::PopFont();
}

void TriedPanel::place_points(const Frame& frame, const std::vector<std::string>& kinds) {
    points_.clear();
    const auto& gates = frame.tried.gates();
    for (std::size_t index = 0; index < gates.size(); ++index) {
        const TriedGate& gate = gates[index];
        if (!std::isfinite(gate.estimate.perplexity)) continue;
        const auto kind = std::find(kinds.begin(), kinds.end(), gate.kind) - kinds.begin();
        const double x = frame.view.tried_by_sparsity ? 100 * gate.sparsity : static_cast<double>(index + 1);
        if (!std::isnan(x)) points_.push_back({&gate, static_cast<std::size_t>(kind), x, {}});
    }
}

// Around all points and the dense line; intervals only as far as they leave the points apart.
Span TriedPanel::span_of(const Frame& frame) {
    double least = frame.tried.dense().perplexity, most = least;
    for (const TriedGate& tried : frame.tried.gates()) {
        if (!std::isfinite(tried.estimate.perplexity)) continue;
        least = std::isnan(least) ? tried.estimate.perplexity : std::min(least, tried.estimate.perplexity);
        most = std::isnan(most) ? tried.estimate.perplexity : std::max(most, tried.estimate.perplexity);
    }
    if (!std::isfinite(least)) return {1, 10, true};
    if (most > 4 * least) return {least / 1.3, most * 1.3, true};
    const double reach = std::max(0.35 * (most - least), 0.06 * most);
    return {std::max(0.0, least - reach), most + reach, false};
}

void TriedPanel::set_axes(const Frame& frame, const Span& span, bool labelled) const {
    constexpr ImPlotAxisFlags kStill = ImPlotAxisFlags_NoMenus | ImPlotAxisFlags_NoHighlight | ImPlotAxisFlags_Lock;
    const bool by_sparsity = frame.view.tried_by_sparsity;
    const auto count = static_cast<double>(frame.tried.gates().size());
    ImPlot::SetupAxes(!labelled     ? nullptr
                      : by_sparsity ? "sparsity: share of the keys that the last query drops"
                                    : "order of trial",
                      labelled ? "perplexity" : nullptr, kStill | ImPlotAxisFlags_NoGridLines, kStill);
    if (span.logarithmic) ImPlot::SetupAxisScale(ImAxis_Y1, ImPlotScale_Log10);
    ImPlot::SetupAxisFormat(ImAxis_Y1, "%g");
    ImPlot::SetupAxisLimits(ImAxis_Y1, span.low, span.high, ImPlotCond_Always);
    if (by_sparsity) {
        ImPlot::SetupAxisFormat(ImAxis_X1, "%g %%");
        double least = 100;
        for (const Point& point : points_) least = std::min(least, point.x);
        ImPlot::SetupAxisLimits(ImAxis_X1, least >= 55 ? 49 : -3, least >= 55 ? 101.5 : 103, ImPlotCond_Always);
        return;
    }
    ImPlot::SetupAxisLimits(ImAxis_X1, 0.4, std::max(count, 4.0) + 0.6, ImPlotCond_Always);
    std::vector<double> ticks;
    const auto step = static_cast<std::int64_t>(std::ceil(std::max(count, 4.0) / 12));
    for (std::int64_t order = 1; order <= static_cast<std::int64_t>(std::max(count, 4.0)); order += step)
        ticks.push_back(static_cast<double>(order));
    ImPlot::SetupAxisTicks(ImAxis_X1, ticks.data(), static_cast<int>(ticks.size()));
    ImPlot::SetupAxisFormat(ImAxis_X1, "%.0f");
}

void TriedPanel::draw_chart(Frame& frame) {
    const std::vector<std::string> kinds = frame.tried.kinds();
    draw_kinds(frame, kinds);
    place_points(frame, kinds);
    const ImVec2 room = ImGui::GetContentRegionAvail();
    Box plot;
    ImGui::PushFont(nullptr, frame.px(12));
    if (ImPlot::BeginPlot("##tried", room, ImPlotFlags_CanvasOnly | ImPlotFlags_NoInputs | ImPlotFlags_NoFrame)) {
        set_axes(frame, span_of(frame), room.y > frame.px(130));
        ImPlot::SetupFinish();
        draw_dense(frame);
        draw_points(frame);
        plot = {ImPlot::GetPlotPos(),
                {ImPlot::GetPlotPos().x + ImPlot::GetPlotSize().x, ImPlot::GetPlotPos().y + ImPlot::GetPlotSize().y}};
        ImPlot::EndPlot();
    }
    ImGui::PopFont();
    react(frame, plot);
}

void TriedPanel::draw_dense(const Frame& frame) {
    const PerplexityEstimate& dense = frame.tried.dense();
    if (!std::isfinite(dense.perplexity)) return;
    ImDrawList* draw = ImPlot::GetPlotDrawList();
    const ImPlotRect limits = ImPlot::GetPlotLimits();
    const float y = ImPlot::PlotToPixels(limits.X.Min, dense.perplexity).y;
    const float from = ImPlot::GetPlotPos().x, to = from + ImPlot::GetPlotSize().x, dash = frame.px(5);
    const ImU32 colour = pack(frame.theme.colours.dense);
    for (float x = from; x < to; x += 2 * dash) draw->AddLine({x, y}, {std::min(x + dash, to), y}, colour);
    const std::string label = "dense " + perplexity_number(dense);
    const ImVec2 size = ImGui::CalcTextSize(label.c_str());
    draw->AddText({to - size.x - frame.px(4), y + frame.px(3)}, colour, label.c_str());
}

void TriedPanel::draw_points(const Frame& frame) {
    ImDrawList* draw = ImPlot::GetPlotDrawList();
    const ImPlotRect limits = ImPlot::GetPlotLimits();
    ImPlot::PushPlotClipRect(frame.px(6));
    for (Point& point : points_) {
        const PerplexityEstimate& estimate = point.gate->estimate;
        point.at = ImPlot::PlotToPixels(point.x, estimate.perplexity);
        const ImU32 colour = kind_colour(frame.theme, point.kind);
        if (!std::isnan(estimate.low)) {
            // A logarithmic axis has no place for 0 or infinity.
            const double least = 0.1 * limits.Y.Min, most = 10 * limits.Y.Max;
            const float low = ImPlot::PlotToPixels(point.x, std::clamp(estimate.low, least, most)).y;
            const float high = ImPlot::PlotToPixels(point.x, std::clamp(estimate.high, least, most)).y;
            draw->AddLine({point.at.x, low}, {point.at.x, high}, (colour & 0x00FFFFFFU) | 0x90000000U, frame.px(1.5F));
        }
        draw_mark(draw, point.kind, point.at, frame.px(5), colour);
        outline(frame, point);
    }
    ImPlot::PopPlotClipRect();
}

// The settings of the two slots stand out, with their letter.
void TriedPanel::outline(const Frame& frame, const Point& point) {
    ImDrawList* draw = ImPlot::GetPlotDrawList();
    const Settings& settings = frame.snapshot.settings;
    float beside = frame.px(11);
    for (const int slot : {0, 1}) {
        if ((slot == 0 ? settings.gate_a : settings.gate_b) != point.gate->gate) continue;
        const ImU32 colour = pack(slot_colour(frame.theme, slot));
        const bool second = beside > frame.px(11);
        draw->AddCircle(point.at, frame.px(second ? 12 : 9), colour, 24, frame.px(2));
        const char* letter = slot == 0 ? "A" : "B";
        draw->AddText({point.at.x + beside + frame.px(2), point.at.y - ImGui::GetTextLineHeight() / 2}, colour, letter);
        beside += frame.px(12);
    }
}

void TriedPanel::react(Frame& frame, const Box& plot) {
    if (plot.size().x <= 0) return;
    const ImVec2 after = ImGui::GetCursorPos();
    const float reach = frame.px(9);
    for (const Point& point : points_) {
        if (point.at.y < plot.from.y - reach || point.at.y > plot.to.y + reach) continue;
        ImGui::SetCursorScreenPos({point.at.x - reach, point.at.y - reach});
        ImGui::SetNextItemAllowOverlap();
        if (ImGui::InvisibleButton(point.gate->gate.c_str(), {2 * reach, 2 * reach}, ImGuiButtonFlags_EnableNav))
            set_gate(frame, ImGui::GetIO().KeyShift ? 1 : 0, point.gate->gate);
        if (!ImGui::IsItemHovered()) continue;
        ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
        ImGui::GetWindowDrawList()->AddCircle(point.at, frame.px(9), pack(frame.theme.colours.text), 24, 1);
        explain(frame, *point.gate);
    }
    ImGui::SetCursorPos(after);
    ImGui::Dummy({0, 0});
}

void TriedPanel::explain(const Frame& frame, const TriedGate& tried) {
    if (!ImGui::BeginTooltip()) return;
    const Theme& theme = frame.theme;
    ImGui::PushTextWrapPos(theme.px(440));
    secondary_text(theme, tried.kind);
    mono_text(theme, tried.gate, theme.colours.text);
    ImGui::PopTextWrapPos();
    mono_text(theme, perplexity_number(tried.estimate), theme.colours.text, theme.px(18));
    ImGui::SameLine(0, theme.px(8));
    secondary_text(theme, interval_words(tried.estimate) +
                              formatted(", %lld windows", static_cast<long long>(tried.estimate.windows)));
    secondary_text(theme,
                   "against dense " + relative_number(tried.from_dense) + ", " + difference_verdict(tried.from_dense));
    if (!std::isnan(tried.sparsity))
        secondary_text(theme, formatted("drops %.1f %% of the keys", 100 * tried.sparsity));
    if (frame.run != nullptr && frame.run->model != nullptr)
        for (const std::string& caution : cautions_of(parse_gate(tried.gate), frame.run->model->config)) {
            ImGui::PushTextWrapPos(theme.px(440));
            secondary_text(theme, caution);
            ImGui::PopTextWrapPos();
        }
    secondary_text(theme, "Click: back to it as A; Shift+click: as B");
    ImGui::EndTooltip();
}

}  // namespace

std::unique_ptr<Panel> make_tried_panel(Textures& /*textures*/) {
    return std::make_unique<TriedPanel>();
}

}  // namespace gatescope
