#include "app/window/widgets/table_text.h"

#include <algorithm>

#include "app/window/widgets/text.h"
#include "imgui.h"

namespace gatescope {
namespace {

void to_the_right(float width) {
    ImGui::SetCursorPosX(ImGui::GetCursorPosX() + std::max(0.0F, ImGui::GetContentRegionAvail().x - width));
}

}  // namespace

void title_cell(const Theme& theme, const std::string& title, const std::string& help) {
    ImGui::TableNextColumn();
    if (ImGui::TableGetColumnIndex() > 0) to_the_right(ImGui::CalcTextSize(title.c_str()).x);
    coloured_text(theme.colours.secondary, title);
    tooltip(theme, help);
}

void number_text(const Theme& theme, const std::string& text) {
    to_the_right(mono_width(theme, text));
    mono_text(theme, text, theme.colours.text);
}

}  // namespace gatescope
