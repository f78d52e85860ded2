// Layers down, heads across, coloured by any figure of the registry; means by layer at the right.
#include <algorithm>
#include <cmath>

#include "app/window/colour_maps.h"
#include "app/window/panels/missing_metric.h"
#include "app/window/panels/panel.h"
#include "app/window/selection.h"
#include "app/window/widgets/colour_bar.h"
#include "app/window/widgets/controls.h"
#include "app/window/widgets/metric_menu.h"
#include "app/window/widgets/panel_frame.h"
#include "app/window/widgets/text.h"

namespace gatescope {

namespace {

struct Cells {
    ImVec2 from;                  // of the first cell
    float width = 0, height = 0;  // of a cell with its gap
    float bars_from = 0, bars_width = 0;
};

class HeadsPanel : public Panel {
  public:
    void draw(Frame& frame, const Box& box) override {
        begin_panel(frame.theme, box, {"Heads", "Heads", "", [&](float& right) { draw_choices(frame, right); }});
        if (frame.derived.grid == nullptr)
            draw_missing_metric(frame, *frame.derived.metric, "The map of all heads");
        else
            draw_map(frame);
        end_panel();
    }

  private:
    static void draw_choices(Frame& frame, float& right);
    static void draw_map(Frame& frame);
    static Cells measure(const Frame& frame, const ImVec2& room);
    static void draw_cells(const Frame& frame, const Cells& cells);
    static void draw_numbers(const Frame& frame, const Cells& cells);
    static void draw_means(const Frame& frame, const Cells& cells);
    static void draw_outlines(const Frame& frame, const Cells& cells);
    static void react(Frame& frame, const Cells& cells);
    static void draw_about(const Frame& frame);
};

const ColourMap& map_for(const Frame& frame) {
    return colour_map(frame.derived.diverging ? "diverging" : frame.view.colours);
}

void fitted_small(const Theme& theme, const std::string& text) {
    ImGui::PushFont(nullptr, theme.small_size());
    fitted_text(theme, text, ImGui::GetContentRegionAvail().x, theme.colours.secondary);
    ImGui::PopFont();
}

const char* whose(const Derived& derived) {
    return derived.metric_slot < 0 ? "" : derived.metric_slot == 0 ? " of A" : " of B";
}

// How far a signed map goes on both sides of zero.
float reach_of(const Derived& derived) {
    return std::max({std::abs(derived.least), std::abs(derived.most), 1e-6F});
}

float position_in(const Derived& derived, float value) {
    if (derived.diverging) return (value + reach_of(derived)) / (2 * reach_of(derived));
    const float span = derived.most - derived.least;
    return span > 0 ? (value - derived.least) / span : 1.0F;
}

void HeadsPanel::draw_choices(Frame& frame, float& right) {
    const Theme& theme = frame.theme;
    const MetricInfo& metric = *frame.derived.metric;
    if (metric.takes_k) {
        place_right(right, menu_width(theme, "k"), frame.px(6));
        if (begin_menu(theme, "##k", "k", "How many of the strongest keys count (K, Shift+K)")) {
            for (const std::int32_t k : known_k(frame.run))
                if (menu_choice(theme, std::to_string(k), k == frame.view.k)) frame.view.k = k;
            ImGui::EndPopup();
        }
    }
    if (metric.of_gate) {
        const ShownGates gates = shown_gates(frame.snapshot);
        if (gates.a && gates.b)
            slot_switch(theme, "##slot", right, frame.view.metric_slot, "Agreement of gate A (Shift+A)",
                        "Agreement of gate B (Shift+A)");
    }
    const std::string& shown = frame.derived.metric_label;
    const float width = std::min(menu_width(theme, shown), right - frame.px(64));
    place_right(right, width, frame.px(8));
    if (begin_menu(theme, "##metric", shown, metric.help + " (M: next figure)", width)) {
        metric_choices(theme, frame.view.metric);
        ImGui::EndPopup();
    }
}

Cells HeadsPanel::measure(const Frame& frame, const ImVec2& room) {
    const auto rows = static_cast<float>(frame.derived.layers.size());
    const auto columns = static_cast<float>(frame.derived.heads.size());
    Cells cells;
    const float numbers = frame.px(26), bars = std::min(frame.px(56), room.x * 0.18F);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    cells.from = {at.x + numbers, at.y};
    cells.width = std::max(2.0F, std::floor((room.x - numbers - bars - frame.px(10)) / columns));
    cells.height = std::clamp(std::floor(room.y / rows), 2.0F, frame.px(28));
    cells.bars_from = cells.from.x + cells.width * columns + frame.px(10);
    cells.bars_width = at.x + room.x - cells.bars_from;
    return cells;
}

void HeadsPanel::draw_map(Frame& frame) {
    const ImVec2 room = ImGui::GetContentRegionAvail();
    const float below = frame.px(92);  // head numbers, scale bar, two lines about the head
    const Cells cells = measure(frame, {room.x, room.y - below});
    const ImVec2 at = ImGui::GetCursorPos();
    react(frame, cells);
    draw_cells(frame, cells);
    draw_numbers(frame, cells);
    draw_means(frame, cells);
    draw_outlines(frame, cells);
    const float rows = static_cast<float>(frame.derived.layers.size());
    ImGui::SetCursorPos({at.x, at.y + rows * cells.height + frame.px(26)});
    const MetricInfo& metric = *frame.derived.metric;
    const bool diverging = frame.derived.diverging;
    const float reach = reach_of(frame.derived);
    colour_bar_row(frame.theme, map_for(frame), format_metric(metric, diverging ? -reach : frame.derived.least),
                   format_metric(metric, diverging ? reach : frame.derived.most));
    draw_about(frame);
}

void HeadsPanel::react(Frame& frame, const Cells& cells) {
    const auto rows = std::ssize(frame.derived.layers), columns = std::ssize(frame.derived.heads);
    ImGui::SetCursorScreenPos(cells.from);
    const bool pressed = ImGui::InvisibleButton(
        "##map", {cells.width * static_cast<float>(columns), cells.height * static_cast<float>(rows)});
    if (!ImGui::IsItemHovered()) return;
    const ImVec2 mouse = ImGui::GetIO().MousePos;
    const auto row =
        std::clamp<std::int64_t>(static_cast<std::int64_t>((mouse.y - cells.from.y) / cells.height), 0, rows - 1);
    const auto column =
        std::clamp<std::int64_t>(static_cast<std::int64_t>((mouse.x - cells.from.x) / cells.width), 0, columns - 1);
    const HeadPlace place{frame.derived.layers[static_cast<std::size_t>(row)],
                          frame.derived.heads[static_cast<std::size_t>(column)]};
    frame.requests.hover.head = place;
    if (pressed) select_head(frame, place, ImGui::GetIO().KeyShift);
    const Derived& derived = frame.derived;
    if (!ImGui::BeginTooltip()) return;
    show_text(
        formatted("Layer %lld, head %lld", static_cast<long long>(place.layer), static_cast<long long>(place.head)));
    mono_text(frame.theme, format_metric(*derived.metric, derived.grid->at(row, column)), frame.theme.colours.text);
    secondary_text(frame.theme, formatted("%s%s, rank %lld of %zu", derived.metric_label.c_str(), whose(derived),
                                          static_cast<long long>(derived.rank_of(place)), derived.ranked.size()));
    ImGui::EndTooltip();
}

void HeadsPanel::draw_cells(const Frame& frame, const Cells& cells) {
    ImDrawList* draw = ImGui::GetWindowDrawList();
    const ColourMap& map = map_for(frame);
    const HeadGrid& grid = *frame.derived.grid;
    const float gap_x = cells.width > 6 ? 2.0F : 0.0F, gap_y = cells.height > 6 ? 2.0F : 0.0F;
    for (std::int64_t row = 0; row < grid.n_layers; ++row)
        for (std::int64_t column = 0; column < grid.n_heads; ++column) {
            const ImVec2 from(cells.from.x + static_cast<float>(column) * cells.width,
                              cells.from.y + static_cast<float>(row) * cells.height);
            const float value = grid.at(row, column);
            const ImU32 colour =
                std::isnan(value) ? pack(frame.theme.colours.line) : colour_at(map, position_in(frame.derived, value));
            draw->AddRectFilled(from, {from.x + cells.width - gap_x, from.y + cells.height - gap_y}, colour);
        }
}

// Every number where there is room, else every 2nd, 5th, 10th ...
std::int64_t label_step(float cell, float needed) {
    for (const std::int64_t step : {1, 2, 5, 10, 20, 50})
        if (cell * static_cast<float>(step) >= needed) return step;
    return 100;
}

void HeadsPanel::draw_numbers(const Frame& frame, const Cells& cells) {
    const Theme& theme = frame.theme;
    ImDrawList* draw = ImGui::GetWindowDrawList();
    ImGui::PushFont(theme.fonts.text, frame.px(12));
    const float line = ImGui::GetTextLineHeight();
    const std::int64_t row_step = label_step(cells.height, line - 2);
    const ImU32 plain = pack(theme.colours.secondary), chosen = pack(theme.colours.text);
    for (std::int64_t row = 0; row < std::ssize(frame.derived.layers); row += row_step) {
        const std::int64_t layer = frame.derived.layers[static_cast<std::size_t>(row)];
        const std::string label = std::to_string(layer);
        const float y = cells.from.y + (static_cast<float>(row) + 0.5F) * cells.height - line / 2 - 1;
        draw->AddText({cells.from.x - frame.px(8) - ImGui::CalcTextSize(label.c_str()).x, std::round(y)},
                      layer == frame.view.selected.layer ? chosen : plain, label.c_str());
    }
    const float bottom = cells.from.y + static_cast<float>(frame.derived.layers.size()) * cells.height + frame.px(4);
    const std::int64_t column_step = label_step(cells.width, ImGui::CalcTextSize("00").x + frame.px(4));
    for (std::int64_t column = 0; column < std::ssize(frame.derived.heads); column += column_step) {
        const std::int64_t head = frame.derived.heads[static_cast<std::size_t>(column)];
        const std::string label = std::to_string(head);
        const float x = cells.from.x + (static_cast<float>(column) + 0.5F) * cells.width -
                        ImGui::CalcTextSize(label.c_str()).x / 2 - 1;
        draw->AddText({std::round(x), bottom}, head == frame.view.selected.head ? chosen : plain, label.c_str());
    }
    ImGui::PopFont();
}

void HeadsPanel::draw_means(const Frame& frame, const Cells& cells) {
    const Derived& derived = frame.derived;
    if (cells.bars_width < frame.px(12)) return;
    ImDrawList* draw = ImGui::GetWindowDrawList();
    const bool share = derived.metric->share;
    float most = 0;
    for (const float mean : derived.layer_means)
        if (!std::isnan(mean)) most = std::max(most, std::abs(mean));
    if (share) most = 1;
    for (std::size_t row = 0; row < derived.layer_means.size(); ++row) {
        const float mean = derived.layer_means[row];
        if (std::isnan(mean) || most <= 0) continue;
        const float y = cells.from.y + static_cast<float>(row) * cells.height;
        const float inset = std::floor(cells.height * 0.2F);
        const bool chosen = derived.layers[row] == frame.view.selected.layer;
        draw->AddRectFilled({cells.bars_from, y + inset},
                            {cells.bars_from + std::abs(mean) / most * cells.bars_width, y + cells.height - inset - 1},
                            pack(faded(frame.theme.colours.secondary, chosen ? 1.0F : 0.6F)));
    }
    const ImVec2 from(cells.bars_from, cells.from.y);
    const ImVec2 to(from.x + cells.bars_width, from.y + cells.height * static_cast<float>(derived.layer_means.size()));
    if (!ImGui::IsMouseHoveringRect(from, to) || !ImGui::IsWindowHovered()) return;
    const auto row = static_cast<std::size_t>((ImGui::GetIO().MousePos.y - from.y) / cells.height);
    if (row < derived.layer_means.size())
        ImGui::SetTooltip("Mean of layer %lld: %s", static_cast<long long>(derived.layers[row]),
                          format_metric(*derived.metric, derived.layer_means[row]).c_str());
}

void HeadsPanel::draw_outlines(const Frame& frame, const Cells& cells) {
    ImDrawList* draw = ImGui::GetWindowDrawList();
    const auto outline = [&](const HeadPlace& place, const ImVec4& colour, float weight) {
        const std::int64_t row = frame.derived.row_of(place.layer), column = frame.derived.column_of(place.head);
        if (row < 0 || column < 0) return;
        const ImVec2 from(cells.from.x + static_cast<float>(column) * cells.width - 1,
                          cells.from.y + static_cast<float>(row) * cells.height - 1);
        const ImVec2 to(from.x + cells.width, from.y + cells.height);
        draw->AddRect({from.x - 1, from.y - 1}, {to.x + 1, to.y + 1}, pack(frame.theme.colours.panel), 2, weight + 2);
        draw->AddRect(from, to, pack(colour), 2, weight);
    };
    for (const HeadPlace& place : frame.view.also) outline(place, frame.theme.colours.accent, 2);
    if (frame.view.hover.head) outline(*frame.view.hover.head, frame.theme.colours.secondary, 1);
    outline(frame.view.selected, frame.theme.colours.selected, 2);
}

void HeadsPanel::draw_about(const Frame& frame) {
    const Derived& derived = frame.derived;
    const HeadPlace place = frame.view.hover.head.value_or(frame.view.selected);
    const std::int64_t row = derived.row_of(place.layer), column = derived.column_of(place.head);
    if (row < 0 || column < 0) return;
    const std::string value = format_metric(*derived.metric, derived.grid->at(row, column));
    fitted_small(frame.theme,
                 formatted("Layer %lld, head %lld  ·  %s  ·  rank %lld of %zu", static_cast<long long>(place.layer),
                           static_cast<long long>(place.head), value.c_str(),
                           static_cast<long long>(derived.rank_of(place)), derived.ranked.size()));
    const std::string whose_agreement = derived.metric_slot < 0 ? "" : std::string("agreement") + whose(derived) + "; ";
    fitted_small(frame.theme, frame.view.also.empty() ? whose_agreement + "layer means at the right"
                                                      : formatted("%zu more head%s selected", frame.view.also.size(),
                                                                  frame.view.also.size() == 1 ? "" : "s"));
}

}  // namespace

std::unique_ptr<Panel> make_heads_panel(Textures& /*textures*/) {
    return std::make_unique<HeadsPanel>();
}

}  // namespace gatescope
