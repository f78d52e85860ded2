#include "app/window/panels/experiment_marks.h"

#include <cmath>

namespace gatescope {

float verdict_mark_width(const Theme& theme) {
    return theme.px(14);
}

ImVec4 verdict_colour(const Theme& theme, Verdict verdict) {
    switch (verdict) {
        case Verdict::kSupports:
            return theme.colours.good;
        case Verdict::kContradicts:
            return theme.colours.error;
        case Verdict::kUndecided:
            return theme.colours.warning;
        case Verdict::kOpen:
            break;
    }
    return theme.colours.secondary;
}

void draw_verdict_mark(const Theme& theme, const ImVec2& from, float line_height, Verdict verdict) {
    if (verdict == Verdict::kOpen) return;
    ImDrawList* draw = ImGui::GetWindowDrawList();
    const float radius = verdict_mark_width(theme) / 2, weight = theme.px(1.5F);
    const ImVec2 middle(from.x + radius, std::round(from.y + line_height / 2));
    const auto at = [&](float x, float y) { return ImVec2(middle.x + x * radius, middle.y + y * radius); };
    const ImU32 colour = pack(verdict_colour(theme, verdict));
    draw->AddCircle(middle, radius - 0.5F, colour, 0, weight);
    if (verdict == Verdict::kSupports) {
        draw->AddLine(at(-0.45F, 0.02F), at(-0.1F, 0.38F), colour, weight);
        draw->AddLine(at(-0.1F, 0.38F), at(0.48F, -0.35F), colour, weight);
    } else if (verdict == Verdict::kContradicts) {
        draw->AddLine(at(-0.36F, -0.36F), at(0.36F, 0.36F), colour, weight);
        draw->AddLine(at(-0.36F, 0.36F), at(0.36F, -0.36F), colour, weight);
    } else {
        draw->AddLine(at(-0.45F, 0), at(0.45F, 0), colour, weight);
    }
}

void draw_part(const Theme& theme, const ImVec2& from, const ImVec2& to, PartState state) {
    ImDrawList* draw = ImGui::GetWindowDrawList();
    const float round = theme.px(3);
    const ImU32 trains = pack(faded(theme.colours.accent, 0.45F)), frozen = pack(theme.colours.hover);
    if (state == PartState::kTrains) draw->AddRectFilled(from, to, trains, round);
    if (state == PartState::kFrozen || state == PartState::kPartly) draw->AddRectFilled(from, to, frozen, round);
    if (state == PartState::kPartly)
        draw->AddRectFilled(from, {std::round((from.x + to.x) / 2), to.y}, trains, round, ImDrawFlags_RoundCornersLeft);
    const bool live = state == PartState::kTrains || state == PartState::kPartly;
    draw->AddRect({from.x + 0.5F, from.y + 0.5F}, {to.x - 0.5F, to.y - 0.5F},
                  pack(live ? theme.colours.accent : theme.colours.line), round, 1);
}

const char* part_word(PartState state) {
    switch (state) {
        case PartState::kTrains:
            return "trains";
        case PartState::kPartly:
            return "in part";
        case PartState::kFrozen:
            return "frozen";
        case PartState::kAbsent:
            break;
    }
    return "absent";
}

}  // namespace gatescope
