#pragma once
// What is swept: gates, budgets, windows, the capture; start, stop, go on.

#include "app/window/frame.h"
#include "app/window/lab_requests.h"

namespace gatescope {

// Into the rest of the current window.
void draw_sweep_form(Frame& frame, const Checked<StartSweep>& checked);
// Was the sweep that is shown asked for in the same words, and is it not at its end?
bool sweep_can_go_on(const Snapshot& snapshot, const StartSweep& wanted);

}  // namespace gatescope
