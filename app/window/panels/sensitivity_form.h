#pragma once
// What is measured of layers and heads, and with what budget; start, stop, go on.

#include "app/window/frame.h"
#include "app/window/lab_requests.h"

namespace gatescope {

// Into the rest of the current window.
void draw_sensitivity_form(Frame& frame, const Checked<StartSensitivity>& checked);

}  // namespace gatescope
