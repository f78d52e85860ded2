#include "app/window/panels/component_axis.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "app/window/chart.h"
#include "app/window/spectra_looks.h"
#include "app/window/widgets/text.h"

namespace gatescope {

namespace {

constexpr float kHalfTurn = std::numbers::pi_v<float>;

struct Strip {
    Box box;
    float reach = 1;
    float width() const { return 0.94F * box.size().x; }
    float x_of(float a) const { return (box.from.x + box.to.x) / 2 + width() / 2 * a / reach; }
};

// A dot for every token, those of one place on top of each other.
struct Stack {
    float dot = 0;  // how wide and high
    std::vector<std::size_t> below;
    float height() const {
        return below.empty() ? 0 : dot * static_cast<float>(1 + *std::max_element(below.begin(), below.end()));
    }
};

// Dots as large as leave a text's tokens room.
Stack stack_up(const Theme& theme, const ImVec2& room, const Strip& strip, const HeadComponent& axis) {
    Stack out;
    if (axis.tokens.empty()) return out;
    const float area = std::max(room.x, 1.0F) * std::max(room.y, 1.0F);  // a narrow panel has none
    out.dot = std::clamp(std::sqrt(0.25F * area / static_cast<float>(axis.tokens.size())), theme.px(5), theme.px(12));
    out.below = stacked(axis, strip.reach, static_cast<std::size_t>(std::max(strip.width() / out.dot, 1.0F)));
    return out;
}

std::vector<ImVec2> places(const Strip& strip, const HeadComponent& axis, const Stack& stack) {
    const float squeeze = std::min(1.0F, (strip.box.size().y - stack.dot) / std::max(stack.height(), 1.0F));
    std::vector<ImVec2> out;
    for (std::size_t token = 0; token < stack.below.size(); ++token)
        out.emplace_back(strip.x_of(axis.tokens[token][0]),
                         strip.box.to.y - stack.dot * (0.7F + squeeze * static_cast<float>(stack.below[token])));
    return out;
}

// Who attends to whom: ends to themselves, or one end to the other.
void draw_sense(const Frame& frame, const Strip& strip, float top, bool like) {
    ImDrawList* draw = ImGui::GetWindowDrawList();
    const Theme& theme = frame.theme;
    const ImU32 colour = pack(faded(like ? filtering_colour(theme) : opposing_colour(theme), 0.9F));
    const float weight = theme.px(1.5F), radius = theme.px(8), middle = top + radius + theme.px(2);
    const ImVec2 left(strip.box.from.x + radius + theme.px(4), middle);
    const ImVec2 right(strip.box.to.x - radius - theme.px(4), middle);
    if (like) {
        arc_arrow(draw, left, radius, -0.9F * kHalfTurn, 0.7F * kHalfTurn, colour, weight);
        arc_arrow(draw, right, radius, 1.9F * kHalfTurn, 0.3F * kHalfTurn, colour, weight);
    } else {
        const float y = middle - radius / 2;
        arrow(draw, {left.x, y}, {right.x, y}, colour, weight);
        arrow(draw, {right.x, y + radius}, {left.x, y + radius}, colour, weight);
    }
    ImGui::PushFont(nullptr, theme.small_size());
    const char* words = like ? "like attends to like" : "each side attends to the other";
    const ImVec2 size = ImGui::CalcTextSize(words);
    const ImVec2 at(std::round((strip.box.from.x + strip.box.to.x - size.x) / 2), std::round(middle - size.y / 2));
    draw->AddRectFilled({at.x - theme.px(6), at.y}, {at.x + size.x + theme.px(6), at.y + size.y},
                        pack(theme.colours.panel));
    draw->AddText(at, pack(theme.colours.text), words);
    ImGui::PopFont();
}

void draw_ground(const Frame& frame, const Strip& strip) {
    const Theme& theme = frame.theme;
    ImDrawList* draw = ImGui::GetWindowDrawList();
    draw->AddRectFilled(strip.box.from, strip.box.to, pack(faded(theme.colours.ground, 0.5F)), theme.px(4));
    draw->AddLine({strip.box.from.x, strip.box.to.y}, {strip.box.to.x, strip.box.to.y}, pack(theme.colours.line));
    ImGui::PushFont(nullptr, theme.px(12));
    const auto reach = static_cast<double>(strip.reach);
    for (const double tick : round_ticks(-reach, reach, false, 5)) {
        const float x = std::round(strip.x_of(static_cast<float>(tick)));
        draw->AddLine({x, strip.box.from.y}, {x, strip.box.to.y}, pack(theme.colours.line));
        const std::string label = tick_text(tick);
        draw->AddText({x - ImGui::CalcTextSize(label.c_str()).x / 2, strip.box.to.y + theme.px(3)},
                      pack(theme.colours.secondary), label.c_str());
    }
    ImGui::PopFont();
}

}  // namespace

void draw_axis(Frame& frame, const ImVec2& size, const ShownComponent& shown) {
    const ImVec2 from = ImGui::GetCursorScreenPos();
    const HeadComponent& axis = *shown.component;
    const float column = std::min(side_width(frame.theme), size.x * 0.2F), gap = frame.px(8);
    const float top = frame.px(24), bottom = frame.px(20);
    Strip strip;
    strip.reach = shown.picture->reach;
    strip.box = {{from.x + column + gap, from.y + top}, {from.x + size.x - column - gap, from.y + size.y - bottom}};
    const Stack stack = shown.query < 0 ? Stack() : stack_up(frame.theme, strip.box.size(), strip, axis);
    // No higher than its dots need, in the middle of its room.
    const float spare = strip.box.size().y - std::max(stack.height() + 5 * stack.dot, frame.px(160));
    if (spare > 0) strip.box.from.y += std::round(spare / 2), strip.box.to.y -= std::round(spare / 2);
    draw_sense(frame, strip, strip.box.from.y - top, axis.value >= 0);
    draw_ground(frame, strip);
    draw_tokens(frame, strip.box, shown, places(strip, axis, stack), 0.45F * stack.dot);
    if (axis.sides.size() == 2) {
        const float middle = (strip.box.from.y + strip.box.to.y) / 2;
        side_column(frame, axis.sides[0], "+", {strip.box.to.x + gap, middle}, {column, size.y}, false);
        side_column(frame, axis.sides[1], "−", {strip.box.from.x - gap, middle}, {column, size.y}, true);
    }
    ImGui::Dummy(size);
}

}  // namespace gatescope
