#include "model/tokenizer/byte_alphabet.h"

#include <cstddef>

#include "model/tokenizer/utf8.h"

namespace gatescope {
namespace {

constexpr std::size_t kCharacters = 256 + 68;  // 188 bytes stand for themselves, 68 are moved to U+0100 and on

struct Alphabet {
    std::array<char32_t, 256> of_byte{};
    std::array<std::int16_t, kCharacters> byte_of{};  // -1: no byte
};

constexpr bool is_visible(unsigned byte) {
    return (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
}

constexpr Alphabet make_alphabet() {
    Alphabet alphabet;
    for (std::int16_t& byte : alphabet.byte_of) byte = -1;
    char32_t next = 256;
    for (unsigned byte = 0; byte < 256; ++byte) {
        const char32_t character = is_visible(byte) ? byte : next++;
        alphabet.of_byte[byte] = character;
        alphabet.byte_of[character] = static_cast<std::int16_t>(byte);
    }
    return alphabet;
}

constexpr Alphabet kAlphabet = make_alphabet();

}  // namespace

std::array<std::string, 256> byte_alphabet() {
    std::array<std::string, 256> out;
    for (std::size_t byte = 0; byte < 256; ++byte) utf8_append(out[byte], kAlphabet.of_byte[byte]);
    return out;
}

std::optional<std::string> bytes_of_token(std::string_view token) {
    std::string out;
    out.reserve(token.size());
    for (std::size_t at = 0; at < token.size();) {
        const Utf8Step step = utf8_step(token, at);
        if (!step.valid) return std::nullopt;
        const char32_t character = utf8_decode(token, at, step.length);
        if (character >= kCharacters || kAlphabet.byte_of[character] < 0) return std::nullopt;
        out += static_cast<char>(kAlphabet.byte_of[character]);
        at += step.length;
    }
    return out;
}

}  // namespace gatescope
