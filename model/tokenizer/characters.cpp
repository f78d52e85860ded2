#include "model/tokenizer/characters.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <vector>

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

struct Mark {
    char32_t code_point;
    std::int32_t combining_class;
};

std::int32_t combining_class(char32_t code_point) {
    if (find(unicode_tables::uncombined(), code_point)) return 0;
    return utf8proc_get_property(static_cast<utf8proc_int32_t>(code_point))->combining_class;
}

// U+11938 decomposes since Unicode 13; the package's tables are older.
constexpr char32_t kNotYetDecomposed = 0x11938;

// Writes characters in canonical order: marks wait until a character without a class closes their run.
class Decomposer {
  public:
    explicit Decomposer(std::size_t size) { out_.reserve(size); }

    void add(char32_t code_point) {
        if (code_point == kNotYetDecomposed) return add_part(code_point);
        std::array<utf8proc_int32_t, 32> parts;  // the longest has 4
        const utf8proc_ssize_t count =
            utf8proc_decompose_char(static_cast<utf8proc_int32_t>(code_point), parts.data(),
                                    static_cast<utf8proc_ssize_t>(parts.size()), UTF8PROC_DECOMPOSE, nullptr);
        if (count <= 0) return add_part(code_point);
        for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) add_part(static_cast<char32_t>(parts[i]));
    }

    void add_ascii(std::string_view text) {
        flush();
        out_ += text;
    }

    std::string finish() {
        flush();
        return std::move(out_);
    }

  private:
    void add_part(char32_t code_point) {
        const std::int32_t order = combining_class(code_point);
        if (order != 0) return marks_.push_back({code_point, order});
        flush();
        utf8_append(out_, code_point);
    }

    void flush() {
        if (marks_.size() > 1)
            std::stable_sort(marks_.begin(), marks_.end(),
                             [](const Mark& a, const Mark& b) { return a.combining_class < b.combining_class; });
        for (const Mark& mark : marks_) utf8_append(out_, mark.code_point);
        marks_.clear();
    }

    std::string out_;
    std::vector<Mark> marks_;
};

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

std::string canonical_decomposition(std::string_view text) {
    Decomposer decomposer(text.size());
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at;
        while (end < text.size() && static_cast<std::uint8_t>(text[end]) < 0x80) ++end;
        if (end > at) decomposer.add_ascii(text.substr(at, end - at));
        if (end == text.size()) break;
        const std::size_t length = utf8_step(text, end).length;
        decomposer.add(utf8_decode(text, end, length));
        at = end + length;
    }
    return decomposer.finish();
}

}  // namespace gatescope
