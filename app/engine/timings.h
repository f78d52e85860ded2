#pragma once
// What the parts of a run cost on this machine: the numbers behind `gatescope bench`. No torch.

#include <string>
#include <vector>

#include "app/engine/models.h"

namespace gatescope {

struct Timing {
    std::string name;
    double seconds = 0;  // the best of the repeats
    double times = 0;    // what `of` took in the same run, on windows of the same length; 0 where that says nothing
    std::string of = {};
};

// Loads `model` twice (float32, bfloat16) and times passes over the first windows of `text`. `long_window` 0 leaves out
// the long one. Progress in steps. Throws Failure, Cancelled.
std::vector<Timing> time_parts(const std::string& model, const std::string& text, DeviceWish wish,
                               std::int64_t long_window, int repeats, JobContext& job);

// Largest resident set of this process so far.
std::uint64_t peak_memory_bytes();

}  // namespace gatescope
