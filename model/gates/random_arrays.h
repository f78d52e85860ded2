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
// In place of W_q and W_k (projection_draw.h), and factors of a random kernel, whose head is the number of the draw.
inline constexpr std::uint32_t kQueryProjectionArray = 3, kKeyProjectionArray = 4;
inline constexpr std::uint32_t kLeftFactorArray = 5, kRightFactorArray = 6;

// N(0, deviation^2).
void fill_normals(const NormalStream& stream, double deviation, std::span<float> out);

}  // namespace gatescope
