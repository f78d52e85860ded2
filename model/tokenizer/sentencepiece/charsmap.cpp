#include "model/tokenizer/sentencepiece/charsmap.h"

#include <algorithm>
#include <cstring>

#include "model/core/error.h"
#include "model/tokenizer/tokenizer.h"

namespace gatescope {
namespace {

constexpr char kWhere[] = "normalizer_spec precompiled_charsmap";
// Real ones have a few characters, and become a few.
constexpr std::size_t kLongestKey = 256, kLongestString = 256;

bool continues_character(char byte) {
    return (static_cast<std::uint8_t>(byte) & 0xC0U) == 0x80;
}

[[noreturn]] void bad(const char* what) {
    throw Failure(FailureKind::kBadFile, what, kWhere);
}

// The fields of a double array's unit (Darts-clone's DoubleArrayUnit).
bool has_value(std::uint32_t unit) {
    return (unit >> 8U & 1U) != 0;
}
std::uint32_t value(std::uint32_t unit) {
    return unit & 0x7FFFFFFFU;
}
std::uint32_t label(std::uint32_t unit) {
    return unit & 0x800000FFU;
}
std::size_t offset(std::uint32_t unit) {
    return std::size_t{unit >> 10U} << ((unit & 0x200U) >> 6U);
}

}  // namespace

Charsmap::Charsmap(std::string_view bytes) {
    if (bytes.empty()) return;
    std::uint32_t size = 0;
    if (bytes.size() < sizeof size) bad("is cut short");
    std::memcpy(&size, bytes.data(), sizeof size);
    bytes.remove_prefix(sizeof size);
    if (size == 0) bad("has no table");
    if (size > bytes.size() || size % sizeof(std::uint32_t) != 0) bad("is cut short");
    units_.resize(size / sizeof(std::uint32_t));
    std::memcpy(units_.data(), bytes.data(), size);
    strings_ = bytes.substr(size);
    check_utf8(strings_, kWhere);
}

std::uint32_t Charsmap::unit(std::size_t at) const {
    if (at >= units_.size()) bad("leads out of its own table");
    return units_[at];
}

std::string_view Charsmap::string_at(std::size_t offset) const {
    const std::size_t end = offset < strings_.size() ? strings_.find('\0', offset) : std::string::npos;
    if (end == std::string::npos) bad("leads out of its own strings");
    if (end - offset > kLongestString) bad("makes a string of more than 256 bytes of a character");
    if (continues_character(strings_[offset])) bad("leads into the middle of a character");
    return std::string_view(strings_).substr(offset, end - offset);
}

Charsmap::Match Charsmap::longest(std::string_view text) const {
    if (units_.empty()) return {};
    std::size_t at = offset(unit(0));
    std::size_t length = 0;
    std::uint32_t found = 0;
    for (std::size_t i = 0; i < std::min(text.size(), kLongestKey); ++i) {
        const auto byte = static_cast<std::uint8_t>(text[i]);
        at ^= byte;
        const std::uint32_t here = unit(at);
        if (label(here) != byte) break;
        at ^= offset(here);
        if (has_value(here)) {
            found = value(unit(at));
            length = i + 1;
        }
    }
    if (length == 0) return {};
    if (length < text.size() && continues_character(text[length])) bad("rewrites a part of a character");
    return {length, string_at(found)};
}

}  // namespace gatescope
