#pragma once
// Normal numbers named by what they are for instead of by the order of drawing: the same on every device.

#include <cstdint>
#include <span>

namespace gatescope {

// What is drawn: an array (A, B, a subspace) of one layer and head.
struct NormalStream {
    std::int64_t seed = 0, layer = 0, head = 0;
    std::uint32_t array = 0;
};

inline constexpr std::uint32_t kQueryArray = 0, kKeyArray = 1, kSubspaceArray = 2;

// N(0, deviation^2).
void fill_normals(const NormalStream& stream, double deviation, std::span<float> out);

}  // namespace gatescope
