#pragma once
// What loading costs, against reading the same bytes once. No torch.

#include <cstdint>
#include <string>
#include <vector>

#include "app/engine/models.h"

namespace gatescope {

struct LoadTiming {
    std::string name;  // "float32, tied"
    std::uint64_t file_bytes = 0;
    double read_seconds = 0;       // read() of the whole file, already in the page cache, into a fresh buffer
    double load_seconds = 0;       // from the closed file to a model that runs
    std::uint64_t peak_bytes = 0;  // resident set while loading, above what it was before
};

// Makes random checkpoints of `size_bytes` in the temporary folder, and times them in turn, the best of `repeats`.
// Throws Failure, Cancelled.
std::vector<LoadTiming> time_loading(std::uint64_t size_bytes, int repeats, const DeviceWish& wish, JobContext& job);

}  // namespace gatescope
