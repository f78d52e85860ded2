#include "app/window/widgets/panel_frame.h"

#include <algorithm>
#include <cmath>

#include "app/window/widgets/controls.h"
#include "app/window/widgets/text.h"

namespace gatescope {

void begin_panel(const Theme& theme, const Box& box, const PanelHeader& header) {
    ImGui::SetNextWindowPos(box.from);
    ImGui::SetNextWindowSize(box.size());
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(theme.px(12), theme.px(6)));
    ImGui::Begin(header.id.c_str(), nullptr,
                 ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
                     ImGuiWindowFlags_NoScrollWithMouse | ImGuiWindowFlags_NoDocking);
    ImGui::PopStyleVar();
    const ImVec2 top = ImGui::GetCursorPos();
    const float row = ImGui::GetFrameHeight();
    ImGui::AlignTextToFramePadding();
    strong_text(theme, header.title);
    const float title_end = top.x + ImGui::GetItemRectSize().x + theme.px(12);
    float right = ImGui::GetWindowWidth() - theme.px(12);
    if (header.controls) {
        ImGui::SetCursorPos(top);
        ImGui::Dummy({0, row});
        header.controls(right);
    }
    if (right - title_end > theme.px(48) && !header.about.empty()) {
        ImGui::SetCursorPos({title_end, top.y + std::round((row - theme.small_size()) / 2) - 1});
        ImGui::PushFont(nullptr, theme.small_size());
        fitted_text(theme, header.about, right - title_end, theme.colours.secondary);
        ImGui::PopFont();
    }
    const float line = std::round(box.from.y + top.y + row + theme.px(5));
    ImGui::GetWindowDrawList()->AddLine({box.from.x + 1, line}, {box.to.x - 1, line}, pack(theme.colours.line));
    ImGui::SetCursorPos({top.x, top.y + row + theme.px(12)});
}

void end_panel() {
    ImGui::End();
}

bool empty_panel(const Theme& theme, const std::string& text, const std::string& button_label) {
    const ImVec2 room = ImGui::GetContentRegionAvail(), at = ImGui::GetCursorPos();
    const float wrap = std::min(room.x - theme.px(16), theme.px(480));
    const ImVec2 size = ImGui::CalcTextSize(text.c_str(), nullptr, false, wrap);
    const float button_width = ImGui::CalcTextSize(button_label.c_str()).x + 2 * ImGui::GetStyle().FramePadding.x;
    if (!button_label.empty() && size.y + ImGui::GetFrameHeight() + theme.px(12) > room.y) {
        // Side by side where they don't fit one above the other.
        ImGui::AlignTextToFramePadding();
        fitted_text(theme, text, room.x - button_width - theme.px(12), theme.colours.secondary);
        ImGui::SameLine(0, theme.px(12));
        return button(theme, button_label, {});
    }
    const float height = size.y + (button_label.empty() ? 0 : ImGui::GetFrameHeight() + theme.px(12));
    float y = at.y + std::max(0.0F, (room.y - height) / 2);
    ImGui::SetCursorPos({at.x + (room.x - size.x) / 2, y});
    ImGui::PushTextWrapPos(at.x + (room.x + size.x) / 2 + 1);
    coloured_text(theme.colours.secondary, text);
    ImGui::PopTextWrapPos();
    if (button_label.empty()) return false;
    y += size.y + theme.px(12);
    ImGui::SetCursorPos({at.x + (room.x - button_width) / 2, y});
    return button(theme, button_label, {});
}

void skeleton(const Theme& theme, const std::string& what, float part) {
    const ImVec2 room = ImGui::GetContentRegionAvail(), at = ImGui::GetCursorScreenPos();
    ImDrawList* draw = ImGui::GetWindowDrawList();
    const float row = theme.px(28), gap = theme.px(8), bottom = theme.px(32);
    const int rows = static_cast<int>((room.y - bottom) / (row + gap));
    for (int i = 0; i < rows; ++i) {
        const float y = at.y + static_cast<float>(i) * (row + gap);
        const float width = room.x * (0.95F - 0.12F * static_cast<float>(i % 3));
        draw->AddRectFilled({at.x, y}, {at.x + width, y + row}, pack(faded(theme.colours.line, 0.55F)), theme.px(4));
    }
    if (what.empty()) {
        ImGui::Dummy({0, 0});  // the panel holds something
        return;
    }
    ImGui::SetCursorScreenPos({at.x, at.y + static_cast<float>(std::max(rows, 0)) * (row + gap)});
    secondary_text(theme, what);
    if (part <= 0) return;
    ImGui::SameLine(0, theme.px(12));
    progress_bar(theme, part, std::min(theme.px(160), std::max(theme.px(20), ImGui::GetContentRegionAvail().x)),
                 theme.px(4));
}

void begin_card(const Theme& theme, const char* id, const ImVec4& colour) {
    (void)colour;
    ImGui::PushStyleColor(ImGuiCol_ChildBg,
                          theme.kind == ThemeKind::kDark ? theme.colours.ground : theme.colours.raised);
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(theme.px(12), theme.px(10)));
    ImGui::BeginChild(id, ImVec2(0, 0),
                      ImGuiChildFlags_Borders | ImGuiChildFlags_AutoResizeY | ImGuiChildFlags_AlwaysUseWindowPadding,
                      ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse);
    ImGui::PopStyleVar();
    ImGui::PopStyleColor();
}

void end_card(const Theme& theme, const ImVec4& colour) {
    ImGui::EndChild();
    const ImVec2 from = ImGui::GetItemRectMin(), to = ImGui::GetItemRectMax();
    ImGui::GetWindowDrawList()->AddRectFilled(from, {to.x, from.y + theme.px(2)}, pack(colour), theme.px(4),
                                              ImDrawFlags_RoundCornersTop);
}

}  // namespace gatescope
