#pragma once
// How the window looks: two themes, one accent, gates A and B in the same two colours everywhere, all lengths on a 4 px
// grid that scales with the monitor.

#include <cmath>
#include <string>

#include "app/window/fonts.h"
#include "imgui.h"

namespace gatescope {

enum class ThemeKind { kDark, kLight };

struct Palette {
    ImVec4 ground, panel, raised, hover, line;
    ImVec4 text, secondary;
    ImVec4 accent, gate_a, gate_b, dense;
    ImVec4 both, missed;  // keys that both gates keep, that neither does
    ImVec4 good, warning, error;
    ImVec4 selected;  // outline of what is selected, over any colour map
};

struct Theme {
    ThemeKind kind = ThemeKind::kDark;
    Palette colours;
    Fonts fonts;
    float scale = 1;  // the monitor's
    // Units of the 100 % design as whole pixels of this monitor.
    float px(float units) const { return std::round(units * scale); }
    float text_size() const { return px(14); }
    float small_size() const { return px(13); }
};

Palette palette(ThemeKind kind);
// Sets Dear ImGui's and ImPlot's styles.
void apply_theme(const Theme& theme);

inline ImU32 pack(const ImVec4& colour) {
    return ImGui::ColorConvertFloat4ToU32(colour);
}
inline ImVec4 faded(ImVec4 colour, float alpha) {
    colour.w *= alpha;
    return colour;
}
// The colour of a gate's slot, and of dense where `slot` is neither 0 nor 1.
const ImVec4& slot_colour(const Theme& theme, int slot);

// The WCAG contrast ratio of two opaque colours, 1 to 21.
float contrast(const ImVec4& first, const ImVec4& second);

}  // namespace gatescope
