#include "app/window/widgets/nearest_point.h"

#include <cmath>

namespace gatescope {

std::optional<std::size_t> nearest_point(const std::vector<ImVec2>& points, const ImVec2& pointer, float reach) {
    std::optional<std::size_t> found;
    for (std::size_t at = 0; at < points.size(); ++at) {
        const float away = std::hypot(points[at].x - pointer.x, points[at].y - pointer.y);
        if (away < reach) reach = away, found = at;
    }
    return found;
}

}  // namespace gatescope
