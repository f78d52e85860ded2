#pragma once
// Spans of time for people. No torch.

#include <string>

namespace gatescope {

// "2 h 05 min", "3 min 20 s", "12 s"; empty where it is not known (negative, NaN).
std::string time_text(double seconds);

}  // namespace gatescope
