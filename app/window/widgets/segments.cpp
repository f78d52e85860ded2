#include "app/window/widgets/segments.h"

#include "app/window/widgets/text.h"

namespace gatescope {

namespace {

float segment_width(const Theme& theme, const Segment& segment) {
    return ImGui::CalcTextSize(segment.label.c_str()).x + 2 * theme.px(9);
}

}  // namespace

float segments_width(const Theme& theme, const std::vector<Segment>& choices) {
    float out = 0;
    for (const Segment& choice : choices) out += segment_width(theme, choice);
    return out;
}

bool segments(const Theme& theme, const char* id, const std::vector<Segment>& choices, int& chosen) {
    const int before = chosen;
    ImGui::PushID(id);
    ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(0, ImGui::GetStyle().FramePadding.y));
    for (int at = 0; at < static_cast<int>(choices.size()); ++at) {
        const Segment& choice = choices[static_cast<std::size_t>(at)];
        if (at > 0) ImGui::SameLine(0, 0);
        ImGui::PushStyleColor(ImGuiCol_Text, at == before ? theme.colours.text : theme.colours.secondary);
        ImGui::PushStyleColor(ImGuiCol_Button, at == before ? theme.colours.hover : theme.colours.panel);
        if (ImGui::Button(choice.label.c_str(), {segment_width(theme, choice), 0})) chosen = at;
        ImGui::PopStyleColor(2);
        tooltip(theme, choice.help);
    }
    ImGui::PopStyleVar();
    ImGui::PopID();
    return chosen != before;
}

}  // namespace gatescope
