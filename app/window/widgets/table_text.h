#pragma once
// Text in the cells of tables.

#include <string>

#include "app/window/theme.h"

namespace gatescope {

// At the right of the cell: a column's title, or a number in digits of one width.
void right_text(const Theme& theme, const std::string& text, bool title);

}  // namespace gatescope
