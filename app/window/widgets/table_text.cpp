#include "app/window/widgets/table_text.h"

#include <algorithm>

#include "app/window/widgets/text.h"
#include "imgui.h"

namespace gatescope {

void right_text(const Theme& theme, const std::string& text, bool title) {
    const float width = title ? ImGui::CalcTextSize(text.c_str()).x : mono_width(theme, text);
    ImGui::SetCursorPosX(ImGui::GetCursorPosX() + std::max(0.0F, ImGui::GetContentRegionAvail().x - width));
    if (title)
        coloured_text(theme.colours.secondary, text);
    else
        mono_text(theme, text, theme.colours.text);
}

}  // namespace gatescope
