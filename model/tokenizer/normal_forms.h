#pragma once
// Unicode's normal forms as the tokenizers package makes them, of whose version of Unicode some characters are younger.

#include <string>
#include <string_view>

namespace gatescope {

enum class NormalForm { kC, kD, kKC, kKD };

// The form of valid UTF-8.
std::string normal_form(std::string_view text, NormalForm form);

}  // namespace gatescope
