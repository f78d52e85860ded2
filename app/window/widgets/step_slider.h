#pragma once
// A track through a training with a notch for every step that can be shown.

#include <cstdint>
#include <vector>

#include "app/window/theme.h"

namespace gatescope {

// `notches` ascending, from 0 to `steps`; `shown` is one of them, or negative for none. True when another one was
// chosen, while the knob is dragged too.
bool step_slider(const Theme& theme, const char* id, const std::vector<std::int64_t>& notches, std::int64_t steps,
                 float width, std::int64_t& shown);

}  // namespace gatescope
