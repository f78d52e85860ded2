#include "model/tokenizer/pattern_json.h"

#include "model/tokenizer/oniguruma.h"

namespace gatescope {
namespace {

constexpr std::uint32_t kMatchLimit = 10'000'000;

std::string as_literal(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain =
            byte >= 0x80 || c == '_' || (c >= '0' && c <= '9') || ((byte | 0x20U) >= 'a' && (byte | 0x20U) <= 'z');
        if (!plain) out += c == '\0' ? "\\x{0}" : "\\";
        if (c != '\0') out += c;
    }
    return out;
}

}  // namespace

StagePattern read_pattern(const StageJson& stage) {
    const StageJson pattern = stage.object("pattern");
    StagePattern out;
    out.where = pattern.where();
    out.regex = pattern.has("Regex");
    out.text = pattern.string(out.regex ? "Regex" : "String");
    if (out.text.empty()) stage.bad("pattern", "is empty");
    return out;
}

TextRegex compile(const StagePattern& pattern) {
    return TextRegex(pattern.regex ? pcre2_from_oniguruma(pattern.text, pattern.where) : as_literal(pattern.text),
                     pattern.where, {.match_limit = kMatchLimit});
}

}  // namespace gatescope
