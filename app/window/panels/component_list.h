#pragma once
// A head's planes and axes as bars, to choose one from, and the pairs of the window's tokens that it adds most to.

#include <string>
#include <vector>

#include "app/window/component_points.h"
#include "app/window/frame.h"

namespace gatescope {

// Chooses in view.spectra; `routing` and `index` are what is chosen. A click on a pair makes its query the view's.
void draw_component_list(Frame& frame, const HeadComponents& head, bool routing, std::size_t index,
                         const std::vector<ComponentPair>& strongest, const std::vector<std::string>& labels);

}  // namespace gatescope
