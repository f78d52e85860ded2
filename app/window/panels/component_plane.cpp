#include "app/window/panels/component_plane.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "app/window/spectra_looks.h"
#include "app/window/widgets/text.h"

namespace gatescope {

namespace {

constexpr float kQuarter = std::numbers::pi_v<float> / 2;
constexpr float kRim = 0.95F;  // of the square's half: where the farthest token lies

// The square and its scale.
struct Square {
    ImVec2 centre;
    float half = 0, reach = 1;
    ImVec2 place(float a, float b) const {
        const float scale = kRim * half / reach;
        return {centre.x + a * scale, centre.y - b * scale};
    }
    // At an angle from the centre, `away` pixels.
    ImVec2 on(float angle, float away) const {
        return {centre.x + away * std::cos(angle), centre.y - away * std::sin(angle)};
    }
    Box box() const { return {{centre.x - half, centre.y - half}, {centre.x + half, centre.y + half}}; }
};

// Axes, a circle at the farthest token's distance and four arrows: each side attends to the next.
void draw_ground(const Frame& frame, const Square& square) {
    const Theme& theme = frame.theme;
    ImDrawList* draw = ImGui::GetWindowDrawList();
    const Box box = square.box();
    const ImU32 line = pack(theme.colours.line);
    draw->AddRectFilled(box.from, box.to, pack(faded(theme.colours.ground, 0.5F)), theme.px(4));
    draw->AddLine({box.from.x, square.centre.y}, {box.to.x, square.centre.y}, line);
    draw->AddLine({square.centre.x, box.from.y}, {square.centre.x, box.to.y}, line);
    const ImU32 turn = pack(faded(theme.colours.secondary, 0.45F));
    for (int side = 0; side < 4; ++side) {
        const float from = static_cast<float>(side) * kQuarter;
        arc_arrow(draw, square.centre, square.half * kRim, from + 0.22F, from + kQuarter - 0.22F, turn, theme.px(1.5F));
    }
}

float keys_angle(const ShownComponent& shown) {
    const auto& [a, b] = shown.component->tokens[static_cast<std::size_t>(shown.query)];
    return std::atan2(b, a) + (shown.component->value < 0 ? -kQuarter : kQuarter);
}

// Below the dots: the query's direction, and the one of the keys that this component sends it to.
void draw_turn(const Frame& frame, const Square& square, const ShownComponent& shown) {
    ImDrawList* draw = ImGui::GetWindowDrawList();
    const Theme& theme = frame.theme;
    const ImVec4 colour = routing_colour(theme);
    const float rim = kRim * square.half, to = keys_angle(shown);
    const float angle = to - (shown.component->value < 0 ? -kQuarter : kQuarter);
    draw->AddLine(square.centre, square.on(angle, rim), pack(faded(theme.colours.selected, 0.4F)), theme.px(1));
    arc_arrow(draw, square.centre, 0.26F * square.half, angle, to, pack(faded(colour, 0.8F)), theme.px(1.5F));
    const float dash = theme.px(4);
    for (float part = 0; part < rim; part += 2 * dash)
        draw->AddLine(square.on(to, part), square.on(to, std::min(part + dash, rim)), pack(faded(colour, 0.7F)),
                      theme.px(1));
}

// Above them: the query as an arrow, and a word for where its keys are.
void draw_query(const Frame& frame, const Square& square, const ShownComponent& shown) {
    const auto& [a, b] = shown.component->tokens[static_cast<std::size_t>(shown.query)];
    ImDrawList* draw = ImGui::GetWindowDrawList();
    const Theme& theme = frame.theme;
    arrow(draw, square.centre, square.place(a, b), pack(theme.colours.selected), theme.px(2));
    const ImVec2 end = square.on(keys_angle(shown), 0.92F * kRim * square.half);
    ImGui::PushFont(nullptr, theme.px(11.5F));
    const char* words = "its keys";
    const ImVec2 size = ImGui::CalcTextSize(words);
    const Box box = square.box();
    if (box.size().x < size.x + 4) {  // no room for them
        ImGui::PopFont();
        return;
    }
    const ImVec2 at(std::clamp(end.x - size.x / 2, box.from.x + 2, box.to.x - size.x - 2),
                    std::clamp(end.y - size.y / 2, box.from.y + 2, box.to.y - size.y - 2));
    draw->AddRectFilled({at.x - 2, at.y}, {at.x + size.x + 2, at.y + size.y}, pack(faded(theme.colours.panel, 0.85F)),
                        2);
    draw->AddText({std::round(at.x), std::round(at.y)}, pack(routing_colour(theme)), words);
    ImGui::PopFont();
}

// How far out the circle is.
void draw_scale(const Frame& frame, const Square& square) {
    ImGui::PushFont(nullptr, frame.px(11.5F));
    const std::string words = formatted("circle at %.2g", static_cast<double>(square.reach));
    const Box box = square.box();
    ImGui::GetWindowDrawList()->AddText({box.from.x + frame.px(4), box.to.y - ImGui::GetTextLineHeight() - frame.px(2)},
                                        pack(frame.theme.colours.secondary), words.c_str());
    ImGui::PopFont();
}

}  // namespace

void draw_plane(Frame& frame, const ImVec2& size, const ShownComponent& shown) {
    const ImVec2 from = ImGui::GetCursorScreenPos();
    const HeadComponent& plane = *shown.component;
    const float column = std::min(side_width(frame.theme), size.x * 0.2F), line = frame.px(18), gap = frame.px(8);
    Square square;
    square.reach = shown.picture->reach;
    square.half = std::floor(std::max(std::min(size.x - 2 * (column + gap), size.y - 2 * line), frame.px(40)) / 2);
    square.centre = {std::round(from.x + size.x / 2), std::round(from.y + size.y / 2)};
    draw_ground(frame, square);
    if (shown.query >= 0) draw_turn(frame, square, shown);
    std::vector<ImVec2> at;
    for (const auto& [a, b] : plane.tokens) at.push_back(square.place(a, b));
    const float radius = std::max(1.5F, (at.size() > 1200 ? 2.0F : 2.75F) * frame.theme.scale);
    draw_tokens(frame, square.box(), shown, at, radius);
    if (shown.query >= 0) draw_query(frame, square, shown);
    if (!at.empty()) draw_scale(frame, square);
    if (plane.sides.size() == 4) {
        const ImVec2 room((size.x - 2 * square.half) / 2 - gap, 2 * square.half);
        const ImVec2& centre = square.centre;
        side_column(frame, plane.sides[0], "+u", {centre.x + square.half + gap, centre.y}, room, false);
        side_column(frame, plane.sides[2], "−u", {centre.x - square.half - gap, centre.y}, room, true);
        side_line(frame, plane.sides[1], "+v", {centre.x, centre.y - square.half - line / 2}, 2 * square.half);
        side_line(frame, plane.sides[3], "−v", {centre.x, centre.y + square.half + line / 2}, 2 * square.half);
    }
    ImGui::Dummy(size);
}

}  // namespace gatescope
