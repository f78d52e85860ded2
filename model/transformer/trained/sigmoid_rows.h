#pragma once
// Loops over a row of a gate's bias ln sigmoid(g), compiled for several instruction sets. No torch, no threads.

#include <cstdint>

namespace gatescope {

// row = ln sigmoid(scale row).
void row_log_sigmoid(float* row, std::int64_t n, float scale);

// Back to the row it was made of, given what it gave and slopes of that: out = slope (1 - e^value) scale.
void row_log_sigmoid_back(const float* value, const float* slope, std::int64_t n, float scale, float* out);

}  // namespace gatescope
