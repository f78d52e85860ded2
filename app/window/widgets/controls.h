#pragma once
// Buttons, menus, sliders and chips of the window. Each takes an id ("##metric") that is stable whatever it shows, so
// that tests and keyboard focus find it.

#include <string>

#include "app/window/theme.h"

namespace gatescope {

// A bordered button; `help` is its tooltip.
bool button(const Theme& theme, const std::string& label, const std::string& help, float width = 0);
// Text that behaves as a button without looking like one.
bool link_button(const Theme& theme, const std::string& label, const std::string& help);

// A button with a small triangle that opens a menu: true while the menu is open; then draw its items and call
// ImGui::EndPopup(). width 0: as wide as its text.
bool begin_menu(const Theme& theme, const char* id, const std::string& shown, const std::string& help, float width = 0);
float menu_width(const Theme& theme, const std::string& shown);
// A line of a menu. True when chosen.
bool menu_choice(const Theme& theme, const std::string& label, bool chosen, const std::string& help = {},
                 const std::string& shortcut = {});

// A small square of `colour` and a word. With `on` it is a switch and true when clicked.
void legend(const Theme& theme, const ImVec4& colour, const std::string& label, bool outline = false);
bool legend_switch(const Theme& theme, const ImVec4& colour, const std::string& label, bool on, const std::string& help,
                   bool outline = false);
float legend_width(const Theme& theme, const std::string& label);

// "A B" in a header, from the right edge leftwards: which gate's figures are shown.
void slot_switch(const Theme& theme, const char* id, float& right, int& slot, const std::string& help_a,
                 const std::string& help_b);
float slot_switch_width(const Theme& theme);

// What a slider moves over.
struct SliderRange {
    double least = 0, most = 1;
    bool logarithmic = false;
    bool integer = true;
};
// "Keys k  ──●───  [ 64]": a row of a card. `changing` hears every move, the result is true when the value is let go or
// typed: the moment to act.
bool slider_row(const Theme& theme, const std::string& label, const std::string& help, const SliderRange& range,
                const ImVec4& colour, float label_width, double& value);

// A number field as wide as `width`, right-aligned, without steps. True when a new value was entered.
bool text_field(const char* id, std::string& text, const char* hint, float width);

// The next item starts `width` left of the right edge `right` (a cursor position), which moves there.
void place_right(float& right, float width, float gap);

void progress_bar(const Theme& theme, float part, float width, float height);

}  // namespace gatescope
