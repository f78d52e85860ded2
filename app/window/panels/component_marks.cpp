#include "app/window/panels/component_marks.h"

#include <algorithm>
#include <cmath>

#include "app/window/colour_maps.h"
#include "app/window/widgets/nearest_point.h"
#include "app/window/widgets/text.h"
#include "imgui_internal.h"

namespace gatescope {

namespace {

std::optional<std::size_t> at_pointer(const Frame& frame, const Box& box, const std::vector<ImVec2>& at) {
    if (!ImGui::IsWindowHovered() || !ImGui::IsMouseHoveringRect(box.from, box.to)) return {};
    return nearest_point(at, ImGui::GetIO().MousePos, frame.px(10));
}

void tip(const Frame& frame, const ShownComponent& shown, std::size_t token) {
    if (!ImGui::BeginTooltip()) return;
    const Theme& theme = frame.theme;
    mono_text(theme, (*shown.labels)[token], theme.colours.text);
    const auto& [a, b] = shown.component->tokens[token];
    secondary_text(theme, shown.component->routing ? formatted("token %zu  ·  at (%.2f, %.2f)", token,
                                                               static_cast<double>(a), static_cast<double>(b))
                                                   : formatted("token %zu  ·  at %.2f", token, static_cast<double>(a)));
    const float adds = shown.adds->by_key[token];
    const std::string& query = (*shown.labels)[static_cast<std::size_t>(shown.query)];
    secondary_text(theme, std::isnan(adds)
                              ? "after the query " + query
                              : formatted("adds %+.3f to its score for the query ", static_cast<double>(adds)) + query);
    ImGui::EndTooltip();
}

void draw_dots(const Frame& frame, const ShownComponent& shown, const std::vector<ImVec2>& at, float radius) {
    ImDrawList* draw = ImGui::GetWindowDrawList();
    const ColourMap& map = colour_map("diverging");
    const ImU32 later = pack(faded(frame.theme.colours.secondary, 0.25F));
    const ImU32 edge = pack(faded(frame.theme.colours.secondary, 0.6F));
    // What adds nothing lies below what adds or takes much.
    const float most = std::max(shown.adds->most, 1e-12F);
    for (const bool strong : {false, true})
        for (std::size_t token = 0; token < at.size(); ++token) {
            const float adds = shown.adds->by_key[token];
            if ((std::abs(adds) > 0.25F * most) != strong) continue;
            if (std::isnan(adds)) {
                draw->AddCircle(at[token], radius * 0.8F, later);
                continue;
            }
            draw->AddCircleFilled(at[token], radius, colour_at(map, 0.5F + 0.5F * adds / most));
            // White on white.
            if (frame.theme.kind == ThemeKind::kLight && !strong) draw->AddCircle(at[token], radius, edge);
        }
}

// The farthest tokens, as far as their words find room beside the dots.
void draw_labels(const Frame& frame, const Box& box, const ShownComponent& shown, const std::vector<ImVec2>& at) {
    ImDrawList* draw = ImGui::GetWindowDrawList();
    std::vector<ImRect> taken;
    ImGui::PushFont(frame.theme.fonts.mono, frame.px(11.5F));
    const auto put = [&](std::size_t token, const ImVec4& colour) {
        const std::string label = fitted((*shown.labels)[token], std::min(frame.px(88), box.size().x - frame.px(8)));
        const ImVec2 size = ImGui::CalcTextSize(label.c_str());
        const float gap = frame.px(5);
        const float centred = std::clamp(at[token].x - size.x / 2, box.from.x + 2, box.to.x - size.x - 2);
        const ImVec2 right(at[token].x + gap, at[token].y - size.y / 2), left(at[token].x - gap - size.x, right.y);
        const ImVec2 above(centred, at[token].y - gap - size.y), below(centred, at[token].y + gap);
        // Dots of an axis have others beside them.
        std::vector<ImVec2> tries = {above};
        if (shown.component->routing) tries = {right, left, above, below};
        for (const ImVec2& from : tries) {
            const ImRect place(from.x - 2, from.y, from.x + size.x + 2, from.y + size.y);
            if (place.Min.x < box.from.x || place.Max.x > box.to.x || place.Min.y < box.from.y ||
                place.Max.y > box.to.y ||
                std::any_of(taken.begin(), taken.end(), [&](const ImRect& other) { return place.Overlaps(other); }))
                continue;
            taken.push_back(place);
            draw->AddRectFilled(place.Min, place.Max, pack(faded(frame.theme.colours.panel, 0.75F)), 2);
            draw->AddText({std::round(from.x), std::round(from.y)}, pack(colour), label.c_str());
            return;
        }
    };
    if (shown.query >= 0) put(static_cast<std::size_t>(shown.query), frame.theme.colours.text);
    for (const std::size_t token : shown.picture->extremes)
        if (static_cast<std::int64_t>(token) != shown.query) put(token, frame.theme.colours.secondary);
    ImGui::PopFont();
}

}  // namespace

void draw_tokens(Frame& frame, const Box& box, const ShownComponent& shown, const std::vector<ImVec2>& at,
                 float radius) {
    if (at.empty() || shown.adds == nullptr || shown.adds->by_key.size() != at.size()) return;
    ImDrawList* draw = ImGui::GetWindowDrawList();
    draw_dots(frame, shown, at, radius);
    draw_labels(frame, box, shown, at);
    const auto ring = [&](std::int64_t token, const ImVec4& colour) {
        if (token >= 0 && token < std::ssize(at))
            draw->AddCircle(at[static_cast<std::size_t>(token)], frame.px(6), pack(colour), 0, frame.px(1.5F));
    };
    ring(shown.query, frame.theme.colours.selected);
    if (frame.view.hover.key) ring(*frame.view.hover.key, frame.theme.colours.secondary);
    const std::optional<std::size_t> hit = at_pointer(frame, box, at);
    if (!hit) return;
    tip(frame, shown, *hit);
    frame.requests.hover.key = static_cast<std::int64_t>(*hit);
    if (ImGui::IsMouseClicked(ImGuiMouseButton_Left)) frame.view.query = static_cast<std::int64_t>(*hit);
}

void arrow(ImDrawList* draw, const ImVec2& from, const ImVec2& to, ImU32 colour, float weight) {
    const float length = std::hypot(to.x - from.x, to.y - from.y);
    if (length < 2) return;
    const ImVec2 along((to.x - from.x) / length, (to.y - from.y) / length), across(-along.y, along.x);
    const float head = std::min(4 * weight, length * 0.5F);
    const ImVec2 neck(to.x - along.x * head, to.y - along.y * head);
    draw->AddLine(from, neck, colour, weight);
    draw->AddTriangleFilled(to, {neck.x + across.x * head * 0.5F, neck.y + across.y * head * 0.5F},
                            {neck.x - across.x * head * 0.5F, neck.y - across.y * head * 0.5F}, colour);
}

void arc_arrow(ImDrawList* draw, const ImVec2& centre, float radius, float from, float to, ImU32 colour, float weight) {
    const float head = 4 * weight, turn = (to > from ? 1.0F : -1.0F) * head / std::max(radius, 1.0F);
    // Upwards is counter-clockwise: the screen's y goes down.
    draw->PathArcTo(centre, radius, -from, -(to - turn));
    draw->PathStroke(colour, weight);
    const auto on = [&](float angle, float away) {
        return ImVec2(centre.x + (radius + away) * std::cos(angle), centre.y - (radius + away) * std::sin(angle));
    };
    draw->AddTriangleFilled(on(to, 0), on(to - turn, head * 0.5F), on(to - turn, -head * 0.5F), colour);
}

float side_width(const Theme& theme) {
    return theme.px(68);
}

void side_column(const Frame& frame, const ComponentSide& side, const std::string& title, const ImVec2& middle,
                 const ImVec2& room, bool ends_there) {
    const Theme& theme = frame.theme;
    ImDrawList* draw = ImGui::GetWindowDrawList();
    const float row = theme.px(16);
    const auto rows = static_cast<std::size_t>(std::max(room.y / row - 1, 0.0F));
    const std::vector<std::string> labels = side_labels(side, std::min<std::size_t>(rows, 12));
    float y = middle.y - row * static_cast<float>(labels.size() + 1) / 2;
    const auto put = [&](const std::string& text, const ImVec4& colour) {
        const std::string cut = fitted(text, room.x);
        const float x = ends_there ? middle.x - ImGui::CalcTextSize(cut.c_str()).x : middle.x;
        draw->AddText({std::round(x), std::round(y)}, pack(colour), cut.c_str());
        y += row;
    };
    ImGui::PushFont(nullptr, theme.px(12));
    put(title, theme.colours.secondary);
    ImGui::PopFont();
    ImGui::PushFont(theme.fonts.mono, theme.px(12));
    for (const std::string& label : labels) put(label, theme.colours.text);
    ImGui::PopFont();
}

void side_line(const Frame& frame, const ComponentSide& side, const std::string& title, const ImVec2& middle,
               float width) {
    const Theme& theme = frame.theme;
    ImDrawList* draw = ImGui::GetWindowDrawList();
    ImGui::PushFont(nullptr, theme.px(12));
    const float title_width = ImGui::CalcTextSize(title.c_str()).x + theme.px(8);
    ImGui::PopFont();
    ImGui::PushFont(theme.fonts.mono, theme.px(12));
    std::string line;
    for (const std::string& label : side_labels(side, 12)) {
        const std::string longer = line + (line.empty() ? "" : "  ") + label;
        if (title_width + ImGui::CalcTextSize(longer.c_str()).x > width) break;
        line = longer;
    }
    const ImVec2 size = ImGui::CalcTextSize(line.c_str());
    const float x = std::round(middle.x - (title_width + size.x) / 2), y = std::round(middle.y - size.y / 2);
    draw->AddText({x + title_width, y}, pack(theme.colours.text), line.c_str());
    ImGui::PopFont();
    ImGui::PushFont(nullptr, theme.px(12));
    draw->AddText({x, y}, pack(theme.colours.secondary), title.c_str());
    ImGui::PopFont();
}

}  // namespace gatescope
