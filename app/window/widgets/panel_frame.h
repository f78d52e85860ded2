#pragma once
// The frame of a panel: title, one line about what is shown, controls at the right of the header.

#include <functional>
#include <string>

#include "app/window/layouts.h"
#include "app/window/theme.h"

namespace gatescope {

struct PanelHeader {
    std::string id, title, about;
    // Draws the header's controls from the right edge leftwards; gets that edge (see place_right()) and leaves in it
    // where they end.
    std::function<void(float& right)> controls;
};

// Always call end_panel().
void begin_panel(const Theme& theme, const Box& box, const PanelHeader& header);
void end_panel();

// In the middle of an empty panel: what would fill it and a button that does. True when pressed. No button without a
// label.
bool empty_panel(const Theme& theme, const std::string& text, const std::string& button_label = {});

// Calm grey blocks where something is being worked out; `what` and how much is done below them, unless empty.
void skeleton(const Theme& theme, const std::string& what, float part);

// A bordered part of a panel with a line of `colour` on top.
void begin_card(const Theme& theme, const char* id, const ImVec4& colour);
void end_card(const Theme& theme, const ImVec4& colour);

}  // namespace gatescope
