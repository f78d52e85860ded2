#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "imgui.h"

namespace gatescope {

// The point nearest to `pointer`, the first of equals; none where all are `reach` pixels away or more.
std::optional<std::size_t> nearest_point(const std::vector<ImVec2>& points, const ImVec2& pointer, float reach);

}  // namespace gatescope
