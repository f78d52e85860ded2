#pragma once
// What kind of character a code point is, as the tokenizers package (Rust) sees it.

namespace gatescope {

// \w of Rust's regex crate: Alphabetic, marks, decimal digits, connector punctuation, joiners.
bool is_word_character(char32_t c);

}  // namespace gatescope
