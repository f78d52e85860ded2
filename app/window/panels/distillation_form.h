#pragma once
// The form of a distillation: the paper's defaults, errors at their fields, and below it what will happen.

#include "app/window/frame.h"
#include "app/window/lab_requests.h"

namespace gatescope {

// Draws the form into the rest of the current window, buttons at its foot.
void draw_distillation_form(Frame& frame, const Checked<StartDistillation>& checked);

}  // namespace gatescope
