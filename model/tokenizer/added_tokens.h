#pragma once
// Finds the strings in a text that stand for one token each, special ("<|im_start|>") or not, as AddedVocabulary of the
// tokenizers package does: leftmost, then longest; those that are not `normalized` before the normalizer, the others
// after it.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gatescope {

struct AddedToken {
    std::string content;  // not empty
    std::int32_t id = -1;
    bool special = false;
    bool single_word = false;  // only where no word character stands beside it
    bool lstrip = false;       // takes the white space before it along
    bool rstrip = false;       // ... behind it
    bool normalized = false;   // looked for in the normalised text, and itself normalised
};

}  // namespace gatescope
