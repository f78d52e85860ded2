#include "app/engine/text_table.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <sstream>

namespace gatescope {
namespace {

std::string line(const std::vector<Column>& columns, const std::vector<std::size_t>& widths,
                 const std::vector<std::string>& cells) {
    std::string out;
    for (std::size_t n = 0; n < columns.size(); ++n) {
        const std::string blanks(widths[n] - text_width(cells[n]), ' ');
        out += (n > 0 ? "  " : "") + (columns[n].align == Align::kLeft ? cells[n] + blanks : blanks + cells[n]);
    }
    return out.substr(0, out.find_last_not_of(' ') + 1) + "\n";
}

}  // namespace

std::size_t text_width(const std::string& text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::vector<std::string> wrapped(const std::string& text, std::size_t width) {
    std::vector<std::string> lines(1);
    std::istringstream words(text);
    for (std::string word; words >> word;) {
        std::string& last = lines.back();
        const bool bound = word.starts_with("%");  // never far from its number
        if (!last.empty() && !bound && text_width(last) + 1 + text_width(word) > width)
            lines.push_back(word);
        else
            last += (last.empty() ? "" : " ") + word;
    }
    return lines;
}

std::string hanging(const std::string& first, const std::string& text, std::size_t width) {
    const std::size_t indent = text_width(first);
    std::string out;
    for (const std::string& line : wrapped(text, width - std::min(width / 2, indent)))
        out += (out.empty() ? first : std::string(indent, ' ')) + line + "\n";
    return out;
}

std::string table(const std::vector<Column>& columns, const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::string> titles;
    std::vector<std::size_t> widths;
    for (const Column& column : columns) {
        titles.push_back(column.title);
        widths.push_back(text_width(column.title));
    }
    for (const auto& row : rows)
        for (std::size_t n = 0; n < columns.size(); ++n) widths[n] = std::max(widths[n], text_width(row[n]));
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
