#pragma once
// A routing plane, square: the window's tokens on it, the vocabulary's strongest tokens at its four sides, and arrows
// from queries to the keys that they attend to, a quarter turn on.

#include "app/window/panels/component_marks.h"

namespace gatescope {

// In the room from the cursor on, `size` of it.
void draw_plane(Frame& frame, const ImVec2& size, const ShownComponent& shown);

}  // namespace gatescope
