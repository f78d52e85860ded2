#include "model/tokenizer/characters.h"

#include <utf8proc.h>

#include <algorithm>

#include "model/tokenizer/unicode_tables.h"
#include "model/tokenizer/utf8.h"

namespace gatescope {
namespace {

template <class Range>
const Range* find(std::span<const Range> ranges, char32_t code_point) {
    const auto at = std::upper_bound(ranges.begin(), ranges.end(), code_point,
                                     [](char32_t code, const Range& range) { return code < range.first; });
    if (at == ranges.begin()) return nullptr;
    const Range& range = *(at - 1);
    return code_point <= range.last ? &range : nullptr;
}

}  // namespace

bool is_removed_by_bert(char32_t code_point) {
    return find(unicode_tables::removed(), code_point) != nullptr;
}

bool is_space_to_bert(char32_t code_point) {
    return find(unicode_tables::spaces(), code_point) != nullptr;
}

bool is_chinese_to_bert(char32_t code_point) {
    return find(unicode_tables::chinese(), code_point) != nullptr;
}

bool is_nonspacing_mark(char32_t code_point) {
    return find(unicode_tables::nonspacing_marks(), code_point) != nullptr;
}

bool is_punctuation_to_bert(char32_t code_point) {
    return find(unicode_tables::punctuation(), code_point) != nullptr;
}

bool is_white_space(char32_t code_point) {
    if (code_point < 0x80) return code_point == ' ' || (code_point >= '\t' && code_point <= '\r');
    return find(unicode_tables::separators(), code_point) != nullptr;
}

void append_lower_case(std::string& out, char32_t code_point) {
    if (code_point == 0x130) {
        out += "i\xCC\x87";  // the only one of two characters
    } else if (const FoldedRange* fold = find(unicode_tables::lower_case(), code_point)) {
        utf8_append(out, static_cast<char32_t>(static_cast<std::int64_t>(code_point) + fold->offset));
    } else {
        utf8_append(out, static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(code_point))));
    }
}

bool is_mark(char32_t code_point) {
    return find(unicode_tables::marks(), code_point) != nullptr;
}

bool is_numeric(char32_t code_point) {
    if (code_point < 0x80) return code_point >= '0' && code_point <= '9';
    return find(unicode_tables::numeric(), code_point) != nullptr;
}

bool is_word_character(char32_t code_point) {
    if (code_point < 0x80)
        return (code_point >= '0' && code_point <= '9') || ((code_point | 0x20) >= 'a' && (code_point | 0x20) <= 'z') ||
               code_point == '_';
    switch (utf8proc_category(static_cast<utf8proc_int32_t>(code_point))) {
        case UTF8PROC_CATEGORY_LU:
        case UTF8PROC_CATEGORY_LL:
        case UTF8PROC_CATEGORY_LT:
        case UTF8PROC_CATEGORY_LM:
        case UTF8PROC_CATEGORY_LO:
        case UTF8PROC_CATEGORY_MN:
        case UTF8PROC_CATEGORY_MC:
        case UTF8PROC_CATEGORY_ME:
        case UTF8PROC_CATEGORY_ND:
        case UTF8PROC_CATEGORY_NL:
        case UTF8PROC_CATEGORY_PC:
            return true;
        default:
            break;
    }
    // The joiners, and the symbols that are Alphabetic: letters in circles and squares.
    static constexpr CodePointRange kOthers[] = {
        {0x200C, 0x200D}, {0x24B6, 0x24E9}, {0x1F130, 0x1F149}, {0x1F150, 0x1F169}, {0x1F170, 0x1F189}};
    return find(std::span<const CodePointRange>(kOthers), code_point) ||
           find(unicode_tables::words_beyond(), code_point);
}

bool stays_whole(char32_t code_point) {
    return find(unicode_tables::undecomposed(), code_point) != nullptr;
}

int combining_class(char32_t code_point) {
    if (find(unicode_tables::uncombined(), code_point)) return 0;
    return utf8proc_get_property(static_cast<utf8proc_int32_t>(code_point))->combining_class;
}

}  // namespace gatescope
