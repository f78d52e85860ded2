#pragma once
// Text in aligned columns and in lines of a width. No torch.

#include <string>
#include <vector>

namespace gatescope {

enum class Align { kLeft, kRight };

struct Column {
    std::string title;
    Align align = Align::kRight;
};

// A line for the titles and one a row; columns two blanks apart, no blanks at line ends. Widths count code points.
std::string table(const std::vector<Column>& columns, const std::vector<std::vector<std::string>>& rows);

// Code points.
std::size_t text_width(const std::string& text);
// `text` in lines of at most `width`, broken at blanks but those before a %; a longer word stands alone. At least one
// line.
std::vector<std::string> wrapped(const std::string& text, std::size_t width);
// `text` behind `first`, wrapped; what goes on stands below its beginning. Every line ends.
std::string hanging(const std::string& first, const std::string& text, std::size_t width);

// printf of one number; "–" for NaN.
std::string number(const char* format, double value);

}  // namespace gatescope
