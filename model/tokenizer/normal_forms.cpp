#include "model/tokenizer/normal_forms.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "model/tokenizer/characters.h"
#include "model/tokenizer/utf8.h"

namespace gatescope {
namespace {

struct Character {
    char32_t code_point;
    int combining_class;
};

// The one character that two become, if they do.
std::optional<char32_t> compose(char32_t left, char32_t right) {
    std::array<utf8proc_int32_t, 2> pair = {static_cast<utf8proc_int32_t>(left), static_cast<utf8proc_int32_t>(right)};
    const auto options = static_cast<utf8proc_option_t>(UTF8PROC_COMPOSE | UTF8PROC_STABLE);
    if (utf8proc_normalize_utf32(pair.data(), 2, options) != 1) return std::nullopt;
    const auto composed = static_cast<char32_t>(pair[0]);
    if (stays_whole(composed)) return std::nullopt;
    return composed;
}

// One stretch of text that no other one composes with.
class Stretch {
  public:
    explicit Stretch(NormalForm form)
        : compatible_(form == NormalForm::kKC || form == NormalForm::kKD),
          composed_(form == NormalForm::kC || form == NormalForm::kKC) {}

    void add(char32_t code_point) {
        if (code_point < 0x80 || stays_whole(code_point)) return add_part(code_point);
        std::array<utf8proc_int32_t, 32> parts;  // the longest has 18
        const auto options = static_cast<utf8proc_option_t>(UTF8PROC_DECOMPOSE | (compatible_ ? UTF8PROC_COMPAT : 0));
        const utf8proc_ssize_t count =
            utf8proc_decompose_char(static_cast<utf8proc_int32_t>(code_point), parts.data(),
                                    static_cast<utf8proc_ssize_t>(parts.size()), options, nullptr);
        if (count <= 0) return add_part(code_point);
        for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) add_part(static_cast<char32_t>(parts[i]));
    }

    // Appends the stretch to `out` and begins the next.
    void finish(std::string& out) {
        order_marks();
        if (composed_) compose_all();
        for (const Character& character : characters_) utf8_append(out, character.code_point);
        characters_.clear();
        ordered_ = 0;
    }

  private:
    void add_part(char32_t code_point) {
        const int order = combining_class(code_point);
        if (order == 0) order_marks();
        characters_.push_back({code_point, order});
        if (order == 0) ordered_ = characters_.size();
    }

    void order_marks() {
        std::stable_sort(characters_.begin() + static_cast<std::ptrdiff_t>(ordered_), characters_.end(),
                         [](const Character& a, const Character& b) { return a.combining_class < b.combining_class; });
        ordered_ = characters_.size();
    }

    // A mark joins the last character without a class unless one of its own class or above stands between.
    void compose_all() {
        std::size_t kept = 0, starter = 0;
        bool has_starter = false;
        for (const Character& character : characters_) {
            const int last = kept > 0 ? characters_[kept - 1].combining_class : 0;
            const bool adjacent = has_starter && kept == starter + 1;
            const bool reaches = has_starter && (adjacent || (last != 0 && last < character.combining_class));
            if (reaches) {
                if (const auto joined = compose(characters_[starter].code_point, character.code_point)) {
                    characters_[starter].code_point = *joined;
                    continue;
                }
            }
            if (character.combining_class == 0) starter = kept, has_starter = true;
            characters_[kept++] = character;
        }
        characters_.resize(kept);
    }

    bool compatible_, composed_;
    std::vector<Character> characters_;
    std::size_t ordered_ = 0;  // what stands before it keeps its order
};

}  // namespace

// ASCII stays what it is, and only the last of a run can take a mark from what follows.
std::string normal_form(std::string_view text, NormalForm form) {
    std::string out;
    out.reserve(text.size());
    Stretch stretch(form);
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at;
        while (end < text.size() && static_cast<unsigned char>(text[end]) < 0x80) ++end;
        if (end == text.size()) {
            out += text.substr(at);
            break;
        }
        if (end > at) {
            out += text.substr(at, end - 1 - at);
            stretch.add(static_cast<unsigned char>(text[end - 1]));
        }
        for (at = end; at < text.size() && static_cast<unsigned char>(text[at]) >= 0x80;) {
            const std::size_t length = utf8_step(text, at).length;
            stretch.add(utf8_decode(text, at, length));
            at += length;
        }
        stretch.finish(out);
    }
    return out;
}

}  // namespace gatescope
