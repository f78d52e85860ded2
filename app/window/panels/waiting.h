#pragma once
// What a panel shows while there is nothing to show yet.

#include <string>

#include "app/window/frame.h"

namespace gatescope {

// Draws the reason and the remedy, or a skeleton while a job is under way. `need` says what the panel shows once there
// is something: "The heads' figures". One panel a layout names the job that it waits for.
void draw_waiting(Frame& frame, const std::string& need, bool name_job = false);

// In place of a panel that the shown model can't fill, whatever is measured: `why` (analysis/abilities.h) it can't.
// False where it can, or where nothing is open.
bool draw_inability(const Frame& frame, std::string (*why)(const ModelConfig& model));

}  // namespace gatescope
