#include "app/engine/size_text.h"

#include <array>
#include <cstdio>

namespace gatescope {

std::string size_text(std::uint64_t bytes) {
    constexpr std::array kUnits{"bytes", "kB", "MB", "GB", "TB"};
    constexpr double kRoundsUp = 999.95;  // would be shown as 1000.0
    auto size = static_cast<double>(bytes);
    std::size_t unit = 0;
    for (; size >= (unit == 0 ? 1000 : kRoundsUp) && unit + 1 < kUnits.size(); ++unit) size /= 1000;
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), unit == 0 ? "%.0f %s" : "%.1f %s", size, kUnits[unit]);
    return text.data();
}

}  // namespace gatescope
