#include "app/window/widgets/step_slider.h"

#include <algorithm>
#include <cmath>

namespace gatescope {

namespace {

std::int64_t nearest(const std::vector<std::int64_t>& notches, double step) {
    return *std::min_element(notches.begin(), notches.end(), [&](std::int64_t a, std::int64_t b) {
        return std::abs(static_cast<double>(a) - step) < std::abs(static_cast<double>(b) - step);
    });
}

}  // namespace

bool step_slider(const Theme& theme, const char* id, const std::vector<std::int64_t>& notches, std::int64_t steps,
                 float width, std::int64_t& shown) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float height = ImGui::GetFrameHeight(), knob = theme.px(8), half = knob / 2;
    ImGui::InvisibleButton(id, {width, height}, ImGuiButtonFlags_EnableNav);
    const bool held = ImGui::IsItemActive(), hovered = ImGui::IsItemHovered();
    const double whole = static_cast<double>(std::max<std::int64_t>(1, steps));
    const auto place = [&](std::int64_t step) {
        return at.x + half + static_cast<float>(static_cast<double>(step) / whole) * (width - knob);
    };
    bool chosen = false;
    if (held && !notches.empty() && ImGui::IsMouseDown(ImGuiMouseButton_Left)) {
        const double part = static_cast<double>((ImGui::GetIO().MousePos.x - at.x - half) / (width - knob));
        const std::int64_t next = nearest(notches, part * whole);
        chosen = next != shown;
        shown = next;
    }
    ImDrawList* draw = ImGui::GetWindowDrawList();
    const float middle = std::round(at.y + height / 2);
    const float reached = notches.empty() ? at.x : place(notches.back());
    draw->AddRectFilled({at.x, middle - 2}, {at.x + width, middle + 2}, pack(theme.colours.line), 2);
    draw->AddRectFilled({at.x, middle - 2}, {reached, middle + 2}, pack(faded(theme.colours.secondary, 0.6F)), 2);
    for (const std::int64_t notch : notches) {
        const float x = std::round(place(notch));
        draw->AddRectFilled({x - 1, middle - theme.px(5)}, {x + 1, middle + theme.px(5)},
                            pack(theme.colours.secondary));
    }
    if (shown >= 0) {
        const float x = place(shown);
        draw->AddRectFilled({x - half, middle - theme.px(9)}, {x + half, middle + theme.px(9)},
                            pack(held || hovered ? theme.colours.accent : theme.colours.text), theme.px(2));
    }
    return chosen;
}

}  // namespace gatescope
