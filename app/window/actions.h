#pragma once
// Everything the window can do by name: the palette, the shortcuts and the help overlay are made from this one list.

#include <functional>
#include <string>
#include <vector>

#include "app/window/frame.h"

namespace gatescope {

struct Action {
    std::string id, label, help;
    int chord = 0;              // ImGuiKeyChord; 0: none
    bool while_typing = false;  // also while a text field has the keyboard
    std::function<void(Frame&)> run;
    std::function<bool(const Frame&)> possible;  // empty: always
};

const std::vector<Action>& actions();
// "Ctrl+K"
std::string chord_text(int chord);
// Runs the actions whose shortcuts were pressed in this frame.
void run_shortcuts(Frame& frame);

}  // namespace gatescope
