#include "app/cli/table.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace gatescope {
namespace {

std::size_t width_of(const std::string& text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string line(const std::vector<Column>& columns, const std::vector<std::size_t>& widths,
                 const std::vector<std::string>& cells) {
    std::string out;
    for (std::size_t n = 0; n < columns.size(); ++n) {
        const std::string blanks(widths[n] - width_of(cells[n]), ' ');
        out += (n > 0 ? "  " : "") + (columns[n].align == Align::kLeft ? cells[n] + blanks : blanks + cells[n]);
    }
    return out.substr(0, out.find_last_not_of(' ') + 1) + "\n";
}

}  // namespace

std::string table(const std::vector<Column>& columns, const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::string> titles;
    std::vector<std::size_t> widths;
    for (const Column& column : columns) {
        titles.push_back(column.title);
        widths.push_back(width_of(column.title));
    }
    for (const auto& row : rows)
        for (std::size_t n = 0; n < columns.size(); ++n) widths[n] = std::max(widths[n], width_of(row[n]));
    std::string out = line(columns, widths, titles);
    for (const auto& row : rows) out += line(columns, widths, row);
    return out;
}

std::string number(const char* format, double value) {
    if (std::isnan(value)) return "–";
    char buffer[64];
    std::snprintf(buffer, sizeof buffer, format, value);
    return buffer;
}

}  // namespace gatescope
