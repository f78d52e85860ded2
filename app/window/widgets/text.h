#pragma once
// Text in the theme's sizes and colours. Strings are shown as they are (never a format).

#include <string>

#include "app/window/theme.h"

namespace gatescope {

void show_text(const std::string& text);
void secondary_text(const Theme& theme, const std::string& text);
void coloured_text(const ImVec4& colour, const std::string& text);
void strong_text(const Theme& theme, const std::string& text);
// JetBrains Mono: numbers and tokens. size 0: the text's own.
void mono_text(const Theme& theme, const std::string& text, const ImVec4& colour, float size = 0);
float mono_width(const Theme& theme, const std::string& text, float size = 0);

// A line that is cut with "…" where it does not fit `width`; the whole is the tooltip.
void fitted_text(const Theme& theme, const std::string& text, float width, const ImVec4& colour);
std::string fitted(const std::string& text, float width);

// At most `longest` bytes and "…", never a part of a character.
std::string shortened(const std::string& text, std::size_t longest);

// "entropy    2.31 nats": the label in the secondary colour, the value right-aligned in fixed digits.
void value_row(const Theme& theme, const std::string& label, const std::string& value, float label_width,
               float value_width);

// Wrapped, after a moment, for the item before.
void tooltip(const Theme& theme, const std::string& text);

// printf into a string.
std::string formatted(const char* format, ...) __attribute__((format(printf, 1, 2)));
// "4,088"
std::string grouped(std::int64_t number);

}  // namespace gatescope
