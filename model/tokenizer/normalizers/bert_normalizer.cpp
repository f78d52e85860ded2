#include "model/tokenizer/normalizers/bert_normalizer.h"

#include <array>
#include <memory>
#include <string_view>

#include "model/tokenizer/characters.h"
#include "model/tokenizer/normal_forms.h"
#include "model/tokenizer/stage_json.h"
#include "model/tokenizer/utf8.h"

namespace gatescope {
namespace {

// Calls ascii(byte) or other(code point, its bytes) for every character of `text`.
template <class Ascii, class Other>
void for_each_character(std::string_view text, Ascii ascii, Other other) {
    for (std::size_t at = 0; at < text.size();) {
        if (static_cast<unsigned char>(text[at]) < 0x80) {
            ascii(text[at++]);
            continue;
        }
        const std::size_t length = utf8_step(text, at).length;
        other(utf8_decode(text, at, length), text.substr(at, length));
        at += length;
    }
}

constexpr char kDropped = '\0';

// What clean_text makes of an ASCII character: the character, a space, or kDropped.
char clean_ascii(char byte) {
    if (byte == '\t' || byte == '\n' || byte == '\r') return ' ';
    return byte < 0x20 || byte == 0x7F ? kDropped : byte;
}

std::string clean_and_set_apart(std::string_view text, bool clean, bool chinese) {
    std::string out;
    out.reserve(text.size());
    const auto ascii = [&](char byte) {
        const char kept = clean ? clean_ascii(byte) : byte;
        if (!clean || kept != kDropped) out += kept;
    };
    const auto other = [&](char32_t code_point, std::string_view bytes) {
        if (clean && is_removed_by_bert(code_point)) return;
        if (clean && is_space_to_bert(code_point)) {
            out += ' ';
        } else if (chinese && is_chinese_to_bert(code_point)) {
            out += ' ';
            out += bytes;
            out += ' ';
        } else {
            out += bytes;
        }
    };
    for_each_character(text, ascii, other);
    return out;
}

std::string strip_marks(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for_each_character(
        text, [&](char byte) { out += byte; },
        [&](char32_t code_point, std::string_view bytes) {
            if (!is_nonspacing_mark(code_point)) out += bytes;
        });
    return out;
}

std::string lower_case(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for_each_character(
        text, [&](char byte) { out += byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + ('a' - 'A')) : byte; },
        [&](char32_t code_point, std::string_view) { append_lower_case(out, code_point); });
    return out;
}

}  // namespace

void BertNormalizer::apply(std::string& text) const {
    if (options_.clean_text || options_.handle_chinese_chars)
        text = clean_and_set_apart(text, options_.clean_text, options_.handle_chinese_chars);
    if (options_.strip_accents) text = strip_marks(normal_form(text, NormalForm::kD));
    if (options_.lowercase) text = lower_case(text);
}

std::unique_ptr<Normalizer> make_bert_normalizer(const StageJson& stage) {
    BertNormalizerOptions options;
    options.clean_text = stage.flag("clean_text", true);
    options.handle_chinese_chars = stage.flag("handle_chinese_chars", true);
    options.lowercase = stage.flag("lowercase", true);
    options.strip_accents = stage.flag("strip_accents", options.lowercase);
    return std::make_unique<BertNormalizer>(options);
}

}  // namespace gatescope
