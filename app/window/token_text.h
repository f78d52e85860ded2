#pragma once
// Tokens as the window shows them.

#include <cstdint>
#include <string>

#include "analysis/results.h"

namespace gatescope {

// Number of tokens of a window; 0 where there is none.
std::int64_t token_count(const RunResult* run, std::int64_t window);
std::int64_t window_count(const RunResult* run);

// The token's text for a line of running text: its bytes with what is not UTF-8 as U+FFFD; empty where there is none.
std::string token_piece(const RunResult* run, std::int64_t window, std::int64_t position);
// The same for a label: without the space in front, line breaks and tabs as signs, never empty.
std::string token_label(const RunResult* run, std::int64_t window, std::int64_t position);

// The same of a token by its bytes: of the vocabulary, not of the text.
std::string piece_label(const std::string& bytes);

std::string valid_utf8(const std::string& bytes);

}  // namespace gatescope
