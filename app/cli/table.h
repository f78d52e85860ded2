#pragma once
// Text in aligned columns.

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

// printf of one number; "–" for NaN.
std::string number(const char* format, double value);

}  // namespace gatescope
