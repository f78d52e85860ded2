#pragma once

#include <string>

namespace gatescope {

// A token's bytes on one line: JSON's escapes, without its quotes; U+FFFD for what is no UTF-8.
std::string visible(const std::string& piece);

}  // namespace gatescope
