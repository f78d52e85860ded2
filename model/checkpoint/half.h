#pragma once
// Halves and bytes inside quantised blocks.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace gatescope {

// IEEE half to float, exact. Without float subnormals on the way, so a flush-to-zero mode changes nothing.
inline float float_of_half(std::uint16_t half) {
    const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000u) << 16;
    const std::uint32_t magnitude = half & 0x7fffu;
    const float subnormal = static_cast<float>(static_cast<std::int32_t>(magnitude)) * 0x1p-24f;
    const std::uint32_t exponent_shift = magnitude >= 0x7c00u ? (255u - 31u) << 23 : (127u - 15u) << 23;
    const std::uint32_t normal = (magnitude << 13) + exponent_shift;
    return std::bit_cast<float>(sign | (magnitude < 0x0400u ? std::bit_cast<std::uint32_t>(subnormal) : normal));
}

// The half stored at `at`, which needs no alignment.
inline float half_at(const std::byte* at) {
    std::uint16_t half;
    std::memcpy(&half, at, sizeof half);
    return float_of_half(half);
}

inline const std::uint8_t* bytes_at(const std::byte* at) {
    return reinterpret_cast<const std::uint8_t*>(at);
}

}  // namespace gatescope
