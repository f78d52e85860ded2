#pragma once
// Replacing one string by another wherever it stands.

#include <string>
#include <string_view>

namespace gatescope {

// Throws Failure(kUnsupported) when a text of `before` bytes has become more than 64 times as long: a few replacements
// in a row could otherwise fill the memory.
void check_growth(std::size_t before, std::size_t now);

// `what` is not empty; occurrences are looked for from the left and don't overlap. Throws as above.
std::string replace_all(std::string_view text, std::string_view what, std::string_view by);

}  // namespace gatescope
