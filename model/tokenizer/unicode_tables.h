#pragma once
// How the `tokenizers` package sorts characters into classes, measured on it by scripts/make_unicode_tables.py: sorted
// ranges of code points. Callers use characters.h.

#include <cstdint>
#include <span>
#include <string_view>

namespace gatescope {

struct CodePointRange {
    char32_t first, last;
};

struct FoldedRange {
    char32_t first, last;
    std::int32_t offset;  // what to add to a code point
};

namespace unicode_tables {

std::span<const CodePointRange> removed();           // BertNormalizer's clean_text drops it
std::span<const CodePointRange> spaces();            // BertNormalizer's clean_text makes it a space
std::span<const CodePointRange> chinese();           // BertNormalizer's handle_chinese_chars puts spaces around it
std::span<const CodePointRange> nonspacing_marks();  // BertNormalizer's strip_accents drops it
std::span<const CodePointRange> punctuation();       // BertPreTokenizer makes it a piece of its own
std::span<const CodePointRange> separators();        // BertPreTokenizer cuts there and drops it
std::span<const CodePointRange> uncombined();        // has a combining class in utf8proc, but none in the package
std::span<const CodePointRange> marks();             // StripAccents drops it
std::span<const CodePointRange> undecomposed();      // utf8proc takes it apart, the package doesn't
std::span<const CodePointRange> numeric();           // Digits cuts it out
std::span<const CodePointRange> words_beyond();      // \w of Rust's regexes, unassigned in utf8proc
std::span<const FoldedRange> lower_case();           // where lower case differs from utf8proc's

// What a class of the package's regexes ("Lo", "Han", "w" for \w) holds beyond PCRE2's Unicode 14; nothing for others.
std::span<const CodePointRange> younger(std::string_view name);

}  // namespace unicode_tables
}  // namespace gatescope
