#include "model/tokenizer/utf8.h"

#include <cstdint>
#include <cstdio>

#include "model/core/error.h"
#include "model/tokenizer/tokenizer.h"

namespace gatescope {
namespace {

struct Lead {
    std::size_t length;        // of the whole sequence; 0: this byte begins none
    std::uint8_t least, most;  // of the second byte
};

Lead lead_of(std::uint8_t byte) {
    if (byte < 0x80) return {1, 0, 0};
    if (byte < 0xC2) return {0, 0, 0};
    if (byte < 0xE0) return {2, 0x80, 0xBF};
    if (byte == 0xE0) return {3, 0xA0, 0xBF};
    if (byte == 0xED) return {3, 0x80, 0x9F};  // no surrogates
    if (byte < 0xF0) return {3, 0x80, 0xBF};
    if (byte == 0xF0) return {4, 0x90, 0xBF};
    if (byte < 0xF4) return {4, 0x80, 0xBF};
    if (byte == 0xF4) return {4, 0x80, 0x8F};
    return {0, 0, 0};
}

std::uint8_t byte_at(std::string_view bytes, std::size_t at) {
    return static_cast<std::uint8_t>(bytes[at]);
}

}  // namespace

Utf8Step utf8_step(std::string_view bytes, std::size_t at) {
    const Lead lead = lead_of(byte_at(bytes, at));
    if (lead.length <= 1) return {1, lead.length == 1};
    for (std::size_t i = 1; i < lead.length; ++i) {
        if (at + i >= bytes.size()) return {i, false};
        const std::uint8_t byte = byte_at(bytes, at + i);
        const std::uint8_t least = i == 1 ? lead.least : std::uint8_t{0x80};
        const std::uint8_t most = i == 1 ? lead.most : std::uint8_t{0xBF};
        if (byte < least || byte > most) return {i, false};
    }
    return {lead.length, true};
}

char32_t utf8_decode(std::string_view bytes, std::size_t at, std::size_t length) {
    const std::uint8_t first = byte_at(bytes, at);
    if (length == 1) return first;
    char32_t code_point = first & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) code_point = (code_point << 6) | (byte_at(bytes, at + i) & 0x3FU);
    return code_point;
}

void utf8_append(std::string& out, char32_t code_point) {
    const auto tail = [&](int shift) { out += static_cast<char>(0x80U | ((code_point >> shift) & 0x3FU)); };
    if (code_point < 0x80) {
        out += static_cast<char>(code_point);
    } else if (code_point < 0x800) {
        out += static_cast<char>(0xC0U | (code_point >> 6));
        tail(0);
    } else if (code_point < 0x10000) {
        out += static_cast<char>(0xE0U | (code_point >> 12));
        tail(6), tail(0);
    } else {
        out += static_cast<char>(0xF0U | (code_point >> 18));
        tail(12), tail(6), tail(0);
    }
}

void check_utf8(std::string_view text, const std::string& where) {
    for (std::size_t at = 0; at < text.size();) {
        const Utf8Step step = utf8_step(text, at);
        if (!step.valid) {
            char byte[8];
            std::snprintf(byte, sizeof byte, "0x%02X", static_cast<unsigned>(byte_at(text, at)));
            throw Failure(FailureKind::kBadFile,
                          "is not UTF-8: byte " + std::string(byte) + " at offset " + std::to_string(at), where);
        }
        at += step.length;
    }
}

std::string replace_invalid_utf8(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size());
    for (std::size_t at = 0; at < bytes.size();) {
        const Utf8Step step = utf8_step(bytes, at);
        if (step.valid)
            out.append(bytes.substr(at, step.length));
        else
            utf8_append(out, 0xFFFD);
        at += step.length;
    }
    return out;
}

}  // namespace gatescope
