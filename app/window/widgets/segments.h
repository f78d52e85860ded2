#pragma once
// A row of words of which one holds: "raw|folded".

#include <string>
#include <vector>

#include "app/window/theme.h"

namespace gatescope {

struct Segment {
    std::string label, help;
};

// At the cursor. True when another one was chosen.
bool segments(const Theme& theme, const char* id, const std::vector<Segment>& choices, int& chosen);
float segments_width(const Theme& theme, const std::vector<Segment>& choices);

}  // namespace gatescope
