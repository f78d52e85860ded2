#pragma once
// What stands where a figure of the heads will be.

#include <string>

#include "analysis/metrics/metrics.h"
#include "app/window/frame.h"

namespace gatescope {

// Says what the figure needs and offers it. `what` is the panel's content, where nothing at all was measured: "The map
// of all heads".
void draw_missing_metric(Frame& frame, const MetricInfo& metric, const std::string& what);

}  // namespace gatescope
