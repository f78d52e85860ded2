#pragma once
// What each colour over the attention map means, how much of the head's attention it covers, and a switch for each: in
// the panel's header where there is room, else on a line of its own above the map.

#include <string>

#include "app/window/attention_image.h"
#include "app/window/frame.h"

namespace gatescope {

// Left of `right` in a header (see place_right()). False where no gate's keys are known or there is no room.
bool draw_mark_header(Frame& frame, const KeptMarks& marks, float& right);
// A line at the cursor, `width` wide; nothing where no gate's keys are known.
void draw_mark_line(Frame& frame, const KeptMarks& marks, float width);

// Colours of the marks that the view shows.
void style_marks(const Frame& frame, ImageStyle& style);
// Who keeps the pair: "kept by A alone".
std::string mark_words(const PatternMatrix& pattern, Mark mark);

}  // namespace gatescope
