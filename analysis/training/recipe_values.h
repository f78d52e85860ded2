#pragma once
// Fields that hold several texts keep them one a line. No torch.

#include <string>
#include <vector>

#include "analysis/training/recipe.h"

namespace gatescope {

// None of an empty text.
std::vector<std::string> lines_of(const std::string& text);
std::string joined_lines(const std::vector<std::string>& lines);

}  // namespace gatescope
