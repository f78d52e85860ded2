#include "app/window/panels/experiment_diagram.h"

#include <algorithm>
#include <cmath>

#include "app/window/panels/experiment_marks.h"
#include "app/window/widgets/text.h"

namespace gatescope {

namespace {

struct Places {
    float names = 0, box = 0, gap = 0, row = 0;
    float left(std::size_t part) const { return names + static_cast<float>(part) * (box + gap); }
};

Places places_of(const Theme& theme, std::size_t parts) {
    Places out;
    const float room = ImGui::GetContentRegionAvail().x, count = static_cast<float>(std::max<std::size_t>(1, parts));
    out.gap = theme.px(4);
    out.names = std::round(std::clamp(room * 0.36F, theme.px(112), theme.px(220)));
    out.box = std::floor((room - out.names - out.gap * (count - 1)) / count);
    out.row = std::round(2 * ImGui::GetTextLineHeight() + theme.px(4));
    return out;
}

// Wrapped over the boxes: as high as the highest.
void draw_heads(const Theme& theme, const std::vector<DiagramPart>& parts, const Places& places) {
    const ImVec2 from = ImGui::GetCursorPos();
    const auto size = [&](const DiagramPart& part) {
        return ImGui::CalcTextSize(part.label.c_str(), nullptr, false, places.box);
    };
    float height = 0;
    for (const DiagramPart& part : parts) height = std::max(height, size(part).y);
    for (std::size_t at = 0; at < parts.size(); ++at) {
        const float left = from.x + places.left(at);
        ImGui::SetCursorPos({left, from.y + height - size(parts[at]).y});
        ImGui::PushTextWrapPos(left + places.box);
        coloured_text(theme.colours.secondary, parts[at].label);
        ImGui::PopTextWrapPos();
    }
    ImGui::SetCursorPos({from.x, from.y + height + theme.px(4)});
}

void draw_box(const Theme& theme, const DiagramPart& part, const Places& places, float height) {
    const ImVec2 from = ImGui::GetCursorScreenPos(), to(from.x + places.box, from.y + height);
    draw_part(theme, from, to, part.state);
    const std::string& text = part.text;
    const std::string shown = fitted(text, places.box - theme.px(6));
    const ImVec2 size = ImGui::CalcTextSize(shown.c_str());
    ImGui::GetWindowDrawList()->AddText(
        {std::round((from.x + to.x - size.x) / 2), std::round((from.y + to.y - size.y) / 2)}, pack(theme.colours.text),
        shown.c_str());
    ImGui::Dummy({places.box, height});
    tooltip(theme, part.label + ": " + part_word(part.state) + (text.empty() ? "" : ", " + text));
}

void draw_row(const Theme& theme, const DiagramRow& row, const Places& places) {
    const ImVec2 from = ImGui::GetCursorPos();
    const float line = ImGui::GetTextLineHeight();
    fitted_text(theme, row.arm, places.names - theme.px(8), theme.colours.text);
    ImGui::SetCursorPos({from.x, from.y + line});
    const std::string seeds = row.seeds > 1 ? formatted(", %d seeds", row.seeds) : "";
    fitted_text(theme, row.stage + seeds, places.names - theme.px(8), theme.colours.secondary);
    for (std::size_t at = 0; at < row.parts.size(); ++at) {
        ImGui::SetCursorPos({from.x + places.left(at), from.y + theme.px(2)});
        draw_box(theme, row.parts[at], places, places.row - theme.px(6));
    }
    ImGui::SetCursorPos({from.x, from.y + places.row + theme.px(2)});
}

void draw_legend(const Theme& theme) {
    const float side = theme.px(12), line = ImGui::GetTextLineHeight();
    bool first = true;
    for (const PartState state : {PartState::kTrains, PartState::kPartly, PartState::kFrozen, PartState::kAbsent}) {
        if (!first) ImGui::SameLine(0, theme.px(14));
        first = false;
        const ImVec2 at = ImGui::GetCursorScreenPos();
        const float top = std::round(at.y + (line - side) / 2);
        draw_part(theme, {at.x, top}, {at.x + side, top + side}, state);
        ImGui::Dummy({side, line});
        ImGui::SameLine(0, theme.px(5));
        coloured_text(theme.colours.secondary, part_word(state));
    }
}

}  // namespace

void draw_diagram(const Theme& theme, const std::vector<DiagramRow>& rows) {
    if (rows.empty()) return;
    ImGui::PushFont(nullptr, theme.small_size());
    const Places places = places_of(theme, rows.front().parts.size());
    draw_heads(theme, rows.front().parts, places);
    for (const DiagramRow& row : rows) draw_row(theme, row, places);
    draw_legend(theme);
    ImGui::PopFont();
}

}  // namespace gatescope
