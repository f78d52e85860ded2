#pragma once
// Replacing one string by another wherever it stands.

#include <string>
#include <string_view>

namespace gatescope {

// `what` is not empty; occurrences are looked for from the left and don't overlap.
std::string replace_all(std::string_view text, std::string_view what, std::string_view by);

}  // namespace gatescope
