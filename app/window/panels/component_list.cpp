#include "app/window/panels/component_list.h"

#include <algorithm>
#include <cmath>

#include "app/window/spectra_looks.h"
#include "app/window/widgets/text.h"

namespace gatescope {

namespace {

float row_height(const Theme& theme) {
    return theme.px(18);
}

// "2 ▆▆▆▆ 3.20  31 %", as long as it is strong.
void draw_row(Frame& frame, const HeadComponent& component, std::size_t index, float most, bool chosen) {
    const Theme& theme = frame.theme;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float width = ImGui::GetContentRegionAvail().x, height = row_height(theme);
    ImGui::PushID(component.routing ? "plane" : "axis");
    ImGui::PushFont(nullptr, theme.px(12));
    ImGui::PushStyleVar(ImGuiStyleVar_SelectableTextAlign, ImVec2(0, 0.5F));
    if (ImGui::Selectable(std::to_string(index + 1).c_str(), chosen, 0, {width, height})) {
        frame.view.spectra.routing = component.routing;
        frame.view.spectra.component = static_cast<std::int64_t>(index);
    }
    ImGui::PopStyleVar();
    ImGui::PopFont();
    ImGui::PopID();
    const auto value = static_cast<double>(component.value), share = static_cast<double>(component.share) * 100;
    tooltip(theme,
            component.routing
                ? formatted("Plane %zu: a pair of skew values of %.4g, %.1f %% of the routing part's squared norm",
                            index + 1, value, share)
                : formatted("Axis %zu: eigenvalue %+.4g, %.1f %% of the filtering part's squared norm; %s", index + 1,
                            value, share, value >= 0 ? "like attends to like" : "each side attends to the other"));
    ImDrawList* draw = ImGui::GetWindowDrawList();
    ImGui::PushFont(theme.fonts.mono, theme.px(12));
    const std::string number = formatted("%.0f %%", share);
    const float numbers = ImGui::CalcTextSize("100 %").x, from = at.x + theme.px(16);
    const float room = std::max(width - theme.px(22) - numbers, 1.0F);
    const ImVec4 colour = component.routing      ? routing_colour(theme)
                          : component.value >= 0 ? filtering_colour(theme)
                                                 : opposing_colour(theme);
    const float length = std::max(room * std::abs(component.value) / most, 1.0F), inset = theme.px(4);
    draw->AddRectFilled({from, at.y + inset}, {from + length, at.y + height - inset},
                        pack(faded(colour, chosen ? 1.0F : 0.75F)), theme.px(1));
    draw->AddText({at.x + width - ImGui::CalcTextSize(number.c_str()).x - theme.px(2), at.y + theme.px(2)},
                  pack(chosen ? theme.colours.text : theme.colours.secondary), number.c_str());
    ImGui::PopFont();
}

void draw_part(Frame& frame, const char* title, const char* help, const std::vector<HeadComponent>& list, bool chosen,
               std::size_t index, float most) {
    if (list.empty()) return;
    secondary_text(frame.theme, title);
    tooltip(frame.theme, help);
    ImGui::Dummy({0, frame.px(2)});
    for (std::size_t at = 0; at < list.size(); ++at) draw_row(frame, list[at], at, most, chosen && at == index);
}

void draw_pairs(Frame& frame, const std::vector<ComponentPair>& strongest, const std::vector<std::string>& labels) {
    const Theme& theme = frame.theme;
    secondary_text(theme, "Strongest pairs here");
    tooltip(theme, "Query → key, and what this component adds to their score");
    ImGui::Dummy({0, theme.px(2)});
    ImGui::PushFont(theme.fonts.mono, theme.px(12));
    for (const ComponentPair& pair : strongest) {
        if (ImGui::GetContentRegionAvail().y < row_height(theme)) break;
        const std::string number = formatted("%+.2f", static_cast<double>(pair.contribution));
        const ImVec2 at = ImGui::GetCursorScreenPos();
        const float width = ImGui::GetContentRegionAvail().x;
        ImGui::PushID(static_cast<int>(pair.query));
        if (ImGui::InvisibleButton(std::to_string(pair.key).c_str(), {width, row_height(theme)}))
            frame.view.query = pair.query;
        ImGui::PopID();
        const bool over = ImGui::IsItemHovered();
        if (over) frame.requests.hover.query = pair.query, frame.requests.hover.key = pair.key;
        const float number_width = ImGui::CalcTextSize(number.c_str()).x;
        const std::string words =
            fitted(labels[static_cast<std::size_t>(pair.query)] + " → " + labels[static_cast<std::size_t>(pair.key)],
                   width - number_width - theme.px(8));
        ImDrawList* draw = ImGui::GetWindowDrawList();
        draw->AddText({at.x, at.y + theme.px(2)}, pack(over ? theme.colours.accent : theme.colours.text),
                      words.c_str());
        draw->AddText({at.x + width - number_width, at.y + theme.px(2)}, pack(theme.colours.secondary), number.c_str());
    }
    ImGui::PopFont();
}

}  // namespace

void draw_component_list(Frame& frame, const HeadComponents& head, bool routing, std::size_t index,
                         const std::vector<ComponentPair>& strongest, const std::vector<std::string>& labels) {
    float most = 1e-20F;
    for (const auto* list : {&head.planes, &head.axes})
        for (const HeadComponent& component : *list) most = std::max(most, std::abs(component.value));
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(frame.px(4), 0));
    draw_part(frame, "Routing planes", "Each side of a plane attends to the next, a quarter turn on", head.planes,
              routing, index, most);
    ImGui::Dummy({0, frame.px(4)});
    draw_part(frame, "Filtering axes", "Like attends to like, or to its opposite", head.axes, !routing, index, most);
    if (!strongest.empty() && ImGui::GetContentRegionAvail().y > 3 * row_height(frame.theme)) {
        ImGui::Dummy({0, frame.px(4)});
        draw_pairs(frame, strongest, labels);
    }
    ImGui::PopStyleVar();
}

}  // namespace gatescope
