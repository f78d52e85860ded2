#pragma once
// What row loops are made of: functions without a branch, so that loops over them vectorise, and the attribute that
// compiles a loop once per instruction set. No torch.

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

// One body, several instruction sets, named by level: names of processors would leave other makers' the slowest.
// Sanitizers run before the loader may resolve such functions.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define GATESCOPE_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define GATESCOPE_CLONES
#endif
#define GATESCOPE_INLINE inline __attribute__((always_inline))

namespace gatescope::vector_math {

// e^x for x <= 0 within 2 ulp, without a branch so that loops over it vectorise; 0 below -87.3 (Cephes' expf).
GATESCOPE_INLINE float exp_of_negative(float x) {
    constexpr float kRound = 12582912.0F;  // 1.5 * 2^23: adding it leaves the nearest integer in the low bits
    const float clamped = std::max(x, -87.5F);
    const float shifted = clamped * 1.44269504F + kRound;
    const float n = shifted - kRound;
    const float r = (clamped - n * 0.693359375F) + n * 2.12194440e-4F;
    float poly = 1.9875691500e-4F;
    poly = poly * r + 1.3981999507e-3F;
    poly = poly * r + 8.3334519073e-3F;
    poly = poly * r + 4.1665795894e-2F;
    poly = poly * r + 1.6666665459e-1F;
    poly = poly * r + 5.0000001201e-1F;
    const float value = poly * r * r + r + 1.0F;
    const auto exponent = std::bit_cast<std::int32_t>(shifted) - std::bit_cast<std::int32_t>(kRound) + 127;
    const float scaled = value * std::bit_cast<float>(std::max(exponent, 0) << 23);
    return x < -87.3F ? 0.0F : scaled;
}

// tanh x within a few ulp, without a branch (Cephes' tanhf: a polynomial near 0, 1 - 2 / (e^2|x| + 1) beyond).
GATESCOPE_INLINE float tanh_of(float x) {
    const float size = std::abs(x), square = x * x;
    float poly = -5.70498872745e-3F;
    poly = poly * square + 2.06390887954e-2F;
    poly = poly * square - 5.37397155531e-2F;
    poly = poly * square + 1.33314422036e-1F;
    poly = poly * square - 3.33332819422e-1F;
    const float near = poly * square * x + x;
    const float shrunk = exp_of_negative(-2.0F * size);
    const float far = std::copysign((1.0F - shrunk) / (1.0F + shrunk), x);
    return size < 0.625F ? near : far;
}

GATESCOPE_INLINE float widen(float x) {
    return x;
}
GATESCOPE_INLINE float widen(std::uint16_t bits) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}
template <typename T>
T narrow(float x);
template <>
GATESCOPE_INLINE float narrow<float>(float x) {
    return x;
}
// To the nearest bfloat16, ties to even; NaN stays NaN.
template <>
GATESCOPE_INLINE std::uint16_t narrow<std::uint16_t>(float x) {
    const auto bits = std::bit_cast<std::uint32_t>(x);
    const std::uint32_t rounded = (bits + 0x7FFFU + ((bits >> 16) & 1U)) >> 16;
    return static_cast<std::uint16_t>(x == x ? rounded : 0x7FC0U);
}

}  // namespace gatescope::vector_math
