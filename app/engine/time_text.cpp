#include "app/engine/time_text.h"

#include <cmath>
#include <cstdio>

namespace gatescope {

std::string time_text(double seconds) {
    if (!std::isfinite(seconds) || seconds < 0) return "";
    const auto whole = static_cast<long long>(std::llround(seconds));
    char buffer[48];
    if (whole >= 3600)
        std::snprintf(buffer, sizeof buffer, "%lld h %02lld min", whole / 3600, whole / 60 % 60);
    else if (whole >= 60)
        std::snprintf(buffer, sizeof buffer, "%lld min %02lld s", whole / 60, whole % 60);
    else
        std::snprintf(buffer, sizeof buffer, "%lld s", whole);
    return buffer;
}

}  // namespace gatescope
