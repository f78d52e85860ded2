#pragma once
// Text in the cells of tables.

#include <string>

#include "app/window/theme.h"

namespace gatescope {

// The next cell of a row of titles: the first column's stands at the left, over names, the others' over numbers.
void title_cell(const Theme& theme, const std::string& title, const std::string& help);

// A number in digits of one width, at the right of the cell.
void number_text(const Theme& theme, const std::string& text);

}  // namespace gatescope
