#pragma once
// UTF-8, byte by byte: what is a well-formed sequence (Unicode 15, table 3-7) and how much of a broken one to skip.

#include <cstddef>
#include <string>
#include <string_view>

namespace gatescope {

struct Utf8Step {
    std::size_t length = 1;  // bytes of the sequence; of an ill-formed one, its longest part that could have begun one
    bool valid = false;
};

// The sequence that begins at bytes[at]; `at` is less than bytes.size().
Utf8Step utf8_step(std::string_view bytes, std::size_t at);

// The code point of the valid sequence at bytes[at] of `length` bytes.
char32_t utf8_decode(std::string_view bytes, std::size_t at, std::size_t length);

// Appends a code point, which must be no surrogate and at most U+10FFFF.
void utf8_append(std::string& out, char32_t code_point);

}  // namespace gatescope
