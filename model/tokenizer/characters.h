#pragma once
// Questions about characters, answered as the `tokenizers` package does (unicode_tables.h).

#include <cstdint>
#include <string>
#include <string_view>

namespace gatescope {

bool is_removed_by_bert(char32_t code_point);      // clean_text drops it: control, format, private use, U+FFFD
bool is_space_to_bert(char32_t code_point);        // clean_text makes it a space
bool is_chinese_to_bert(char32_t code_point);      // handle_chinese_chars puts spaces around it
bool is_nonspacing_mark(char32_t code_point);      // strip_accents drops it
bool is_punctuation_to_bert(char32_t code_point);  // a piece of its own
bool is_white_space(char32_t code_point);          // Unicode's property White_Space
bool is_mark(char32_t code_point);                 // StripAccents drops it
bool is_numeric(char32_t code_point);              // Digits cuts it out
bool is_word_character(char32_t code_point);       // \w of Rust's regexes

// Its place in the canonical order of marks, 0 for what is no mark; and whether the normal forms leave it as it is
// although Unicode now takes it apart.
int combining_class(char32_t code_point);
bool stays_whole(char32_t code_point);

// Appends the lower case of one character, which may be two.
void append_lower_case(std::string& out, char32_t code_point);

}  // namespace gatescope
