#pragma once
// The registry's figures as a menu, by group: of the head map and of both axes of the scatter.

#include <string>

#include "app/window/theme.h"

namespace gatescope {

// A submenu for each group, between begin_menu() and ImGui::EndPopup(). True when one was chosen; `id` is then it.
bool metric_choices(const Theme& theme, std::string& id);

}  // namespace gatescope
