#pragma once

#include <functional>

namespace gatescope {

// How long the work takes.
double seconds_of(const std::function<void()>& work);

}  // namespace gatescope
