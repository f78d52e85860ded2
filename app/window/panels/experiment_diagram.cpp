#include "app/window/panels/experiment_diagram.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <sstream>

#include "app/window/panels/experiment_marks.h"
#include "app/window/widgets/text.h"

namespace gatescope {

namespace {

struct Column {
    float left = 0, width = 0;
};
struct Places {
    float names = 0, row = 0;
    std::vector<Column> parts;
};

float widest_word(const std::string& label) {
    float out = 0;
    std::istringstream words(label);
    for (std::string word; words >> word;) out = std::max(out, ImGui::CalcTextSize(word.c_str()).x);
    return out;
}

std::string stage_words(const DiagramRow& row) {
    return row.stage + (row.seeds > 1 ? formatted(" × %d", row.seeds) : "");
}

// A column needs its title's words; what room there is beyond goes to those whose texts are long.
Places places_of(const Theme& theme, const std::vector<DiagramRow>& rows) {
    const std::size_t parts = rows.front().parts.size();
    std::vector<float> need(parts), want(parts);
    for (std::size_t at = 0; at < parts; ++at) {
        need[at] = std::max(widest_word(rows.front().parts[at].label) + theme.px(2), theme.px(44));
        for (const DiagramRow& row : rows)
            want[at] = std::max(want[at], ImGui::CalcTextSize(row.parts[at].text.c_str()).x + theme.px(12) - need[at]);
    }
    Places out;
    const float room = ImGui::GetContentRegionAvail().x, gap = theme.px(4);
    for (const DiagramRow& row : rows)
        for (const std::string& text : {row.arm, stage_words(row)})
            out.names = std::max(out.names, ImGui::CalcTextSize(text.c_str()).x + theme.px(8));
    out.names = std::round(std::clamp(out.names, theme.px(96), room * 0.38F));
    const float needed = std::accumulate(need.begin(), need.end(), 0.0F) + gap * static_cast<float>(parts);
    const float wanted = std::accumulate(want.begin(), want.end(), 0.0F), spare = room - out.names - needed;
    const float part = wanted > 0 ? std::clamp(spare / wanted, 0.0F, 1.0F) : 0;
    const float rest = std::max(0.0F, spare - wanted) / static_cast<float>(parts);
    float left = out.names;
    for (std::size_t at = 0; at < parts; ++at) {
        out.parts.push_back({left, std::floor(need[at] + want[at] * part + rest)});
        left += out.parts.back().width + gap;
    }
    out.row = std::round(2 * ImGui::GetTextLineHeight() + theme.px(4));
    return out;
}

// Wrapped over the boxes: as high as the highest.
void draw_heads(const Theme& theme, const std::vector<DiagramPart>& parts, const Places& places) {
    const ImVec2 from = ImGui::GetCursorPos();
    const auto size = [&](std::size_t at) {
        return ImGui::CalcTextSize(parts[at].label.c_str(), nullptr, false, places.parts[at].width);
    };
    float height = 0;
    for (std::size_t at = 0; at < parts.size(); ++at) height = std::max(height, size(at).y);
    for (std::size_t at = 0; at < parts.size(); ++at) {
        const float left = from.x + places.parts[at].left;
        ImGui::SetCursorPos({left, from.y + height - size(at).y});
        ImGui::PushTextWrapPos(left + places.parts[at].width);
        coloured_text(theme.colours.secondary, parts[at].label);
        ImGui::PopTextWrapPos();
    }
    ImGui::SetCursorPos({from.x, from.y + height + theme.px(4)});
}

void draw_box(const Theme& theme, const DiagramPart& part, float width, float height) {
    const ImVec2 from = ImGui::GetCursorScreenPos(), to(from.x + width, from.y + height);
    draw_part(theme, from, to, part.state);
    const std::string& text = part.text;
    const float room = width - theme.px(6);
    // "2-3" says more than a part of "layers 2-3".
    const bool wide = ImGui::CalcTextSize(text.c_str()).x > room;
    const std::string shown = fitted(wide && text.starts_with("layers ") ? text.substr(7) : text, room);
    const ImVec2 size = ImGui::CalcTextSize(shown.c_str());
    ImGui::GetWindowDrawList()->AddText(
        {std::round((from.x + to.x - size.x) / 2), std::round((from.y + to.y - size.y) / 2)}, pack(theme.colours.text),
        shown.c_str());
    ImGui::Dummy({width, height});
    tooltip(theme, part.label + ": " + part_word(part.state) + (text.empty() ? "" : ", " + text));
}

void draw_row(const Theme& theme, const DiagramRow& row, const Places& places) {
    const ImVec2 from = ImGui::GetCursorPos();
    const float line = ImGui::GetTextLineHeight();
    fitted_text(theme, row.arm, places.names - theme.px(8), theme.colours.text);
    ImGui::SetCursorPos({from.x, from.y + line});
    fitted_text(theme, stage_words(row), places.names - theme.px(8), theme.colours.secondary);
    for (std::size_t at = 0; at < row.parts.size(); ++at) {
        ImGui::SetCursorPos({from.x + places.parts[at].left, from.y + theme.px(2)});
        draw_box(theme, row.parts[at], places.parts[at].width, places.row - theme.px(6));
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
    if (rows.empty() || rows.front().parts.empty()) return;
    ImGui::PushFont(nullptr, theme.small_size());
    const Places places = places_of(theme, rows);
    draw_heads(theme, rows.front().parts, places);
    for (const DiagramRow& row : rows) draw_row(theme, row, places);
    draw_legend(theme);
    ImGui::PopFont();
}

}  // namespace gatescope
