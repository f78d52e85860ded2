#pragma once
// A filtering axis: the window's tokens stacked along it, the vocabulary's strongest tokens at its two ends, and
// whether like attends to like.

#include "app/window/panels/component_marks.h"

namespace gatescope {

// In the room from the cursor on, `size` of it.
void draw_axis(Frame& frame, const ImVec2& size, const ShownComponent& shown);

}  // namespace gatescope
