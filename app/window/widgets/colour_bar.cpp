#include "app/window/widgets/colour_bar.h"

#include <algorithm>
#include <cmath>

#include "app/window/widgets/text.h"

namespace gatescope {

namespace {

// Gradient rectangles between control colours: a handful of quads.
void gradient(const ColourMap& map, ImVec2 from, ImVec2 to, bool upright) {
    ImDrawList* draw = ImGui::GetWindowDrawList();
    const auto steps = map.control.size() - 1;
    for (std::size_t step = 0; step < steps; ++step) {
        const float a = static_cast<float>(step) / static_cast<float>(steps);
        const float b = static_cast<float>(step + 1) / static_cast<float>(steps);
        const ImU32 low = colour_at(map, a), high = colour_at(map, b);
        if (upright) {
            const float bottom = to.y - a * (to.y - from.y), top = to.y - b * (to.y - from.y);
            draw->AddRectFilledMultiColor({from.x, top}, {to.x, bottom}, high, high, low, low);
        } else {
            const float left = from.x + a * (to.x - from.x), right = from.x + b * (to.x - from.x);
            draw->AddRectFilledMultiColor({left, from.y}, {right, to.y}, low, high, high, low);
        }
    }
}

}  // namespace

void colour_bar_row(const Theme& theme, const ColourMap& map, const std::string& least, const std::string& most) {
    const float right = ImGui::GetCursorPosX() + ImGui::GetContentRegionAvail().x;
    const float most_width = mono_width(theme, most);
    mono_text(theme, least, theme.colours.secondary);
    ImGui::SameLine(0, theme.px(8));
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float height = theme.px(8), y = std::round(at.y + (theme.small_size() - height) / 2 + 2);
    const float width = right - ImGui::GetCursorPosX() - most_width - theme.px(8);
    gradient(map, {at.x, y}, {at.x + std::max(width, 1.0F), y + height}, false);
    ImGui::SameLine(right - most_width);
    mono_text(theme, most, theme.colours.secondary);
}

void colour_bar_upright(const Theme& theme, const ColourMap& map, const ImVec2& from, float width, float height,
                        const std::vector<BarTick>& ticks) {
    gradient(map, from, {from.x + width, from.y + height}, true);
    ImGui::PushFont(theme.fonts.mono, theme.small_size());
    const float line = ImGui::GetTextLineHeight();
    for (const BarTick& tick : ticks) {
        const float y = from.y + (1 - tick.position) * height;
        const float top = std::clamp(y - line / 2, from.y - 2, from.y + height - line + 2);
        ImGui::GetWindowDrawList()->AddText({from.x + width + theme.px(8), std::round(top)},
                                            pack(theme.colours.secondary), tick.label.c_str());
    }
    ImGui::PopFont();
}

}  // namespace gatescope
