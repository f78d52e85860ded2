#pragma once
// Small drawings that stand for what an experiment came to and for what trains in it.

#include "analysis/experiments/experiment_diagram.h"
#include "analysis/experiments/experiment_result.h"
#include "app/window/theme.h"

namespace gatescope {

// A tick, a cross or a dash in a circle, centred in a line of text at `from` (screen); the shape tells what the colour
// does. kOpen draws nothing.
void draw_verdict_mark(const Theme& theme, const ImVec2& from, float line_height, Verdict verdict);
float verdict_mark_width(const Theme& theme);
ImVec4 verdict_colour(const Theme& theme, Verdict verdict);

// A box of the diagram: filled where it trains, in part half filled, grey where it is frozen, an outline where it is
// absent.
void draw_part(const Theme& theme, const ImVec2& from, const ImVec2& to, PartState state);
const char* part_word(PartState state);

}  // namespace gatescope
