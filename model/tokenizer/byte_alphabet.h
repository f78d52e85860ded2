#pragma once
// GPT-2's byte alphabet: every byte stands as one visible character in a vocabulary's strings, so that a space is "Ġ"
// (bytes_to_unicode in OpenAI's gpt-2/src/encoder.py).

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gatescope {

// The character of each byte, as UTF-8.
std::array<std::string, 256> byte_alphabet();

// The bytes that a vocabulary's string stands for; nothing when it has a character outside the alphabet.
std::optional<std::string> bytes_of_token(std::string_view token);

}  // namespace gatescope
