#pragma once
// The m largest of a row without sorting it: a bisection on the values' bits, whose every step is one count over the
// row.

#include <bit>
#include <cstdint>
#include <limits>

#include "model/core/cpu_clones.h"

namespace gatescope {

// Lower than every finite value: what is never chosen.
inline constexpr std::int32_t kNever = std::numeric_limits<std::int32_t>::min();

// Integers in the order of the floats; -0 equals 0; NaN and infinities are kNever.
GATESCOPE_INLINE std::int32_t ordered_bits(float value) {
    const std::int32_t bits = std::bit_cast<std::int32_t>(value + 0.0f);
    const std::int32_t ordered = bits ^ ((bits >> 31) & 0x7fffffff);
    return (bits & 0x7f800000) == 0x7f800000 ? kNever : ordered;
}

// The m largest are all values above `above` and the first `ties` that equal it.
struct TopCut {
    std::int32_t above = kNever;
    std::int64_t ties = 0;
};

GATESCOPE_INLINE std::int32_t count_above(const std::int32_t* keys, std::int64_t n, std::int32_t bound) {
    std::int32_t count = 0;
#pragma omp simd reduction(+ : count)
    for (std::int64_t j = 0; j < n; ++j) count += keys[j] > bound ? 1 : 0;
    return count;
}

struct KeyRange {
    std::int32_t least = std::numeric_limits<std::int32_t>::max(), most = kNever;
};
GATESCOPE_INLINE KeyRange range_of(const std::int32_t* keys, std::int64_t n) {
    std::int32_t least = std::numeric_limits<std::int32_t>::max(), most = kNever;
#pragma omp simd reduction(min : least) reduction(max : most)
    for (std::int64_t j = 0; j < n; ++j) {
        least = keys[j] < least ? keys[j] : least;
        most = keys[j] > most ? keys[j] : most;
    }
    return {least, most};
}

// The float that ordered_bits() gives this for.
GATESCOPE_INLINE float float_of(std::int32_t ordered) {
    return std::bit_cast<float>(ordered ^ ((ordered >> 31) & 0x7fffffff));
}

// Strictly between two bounds that are further apart than 1. Half way by value finds a cut in fewer steps than half way
// by bits, as long as values are not all at one end; so it is tried first.
GATESCOPE_INLINE std::int64_t between(std::int64_t low, std::int64_t high, bool by_value) {
    const std::int64_t half = low + (high - low) / 2;
    if (!by_value) return half;
    const float middle =
        0.5f * float_of(static_cast<std::int32_t>(low)) + 0.5f * float_of(static_cast<std::int32_t>(high));
    const std::int64_t bits = ordered_bits(middle);
    return bits > low && bits < high ? bits : half;
}

// The cut of the m largest of n keys; kNever is not counted, so there may be fewer than m. `floor`: a bound known to
// have more than m keys above it, or kNever.
GATESCOPE_INLINE TopCut find_top_cut(const std::int32_t* keys, std::int64_t n, std::int64_t m,
                                     std::int32_t floor = kNever) {
    constexpr int kStepsByValue = 10;
    if (m <= 0) return {std::numeric_limits<std::int32_t>::max(), 0};
    const KeyRange range = range_of(keys, n);
    if (floor == kNever) {
        if ((range.least > kNever ? n : count_above(keys, n, kNever)) <= m) return {kNever, 0};
        if (range.least > kNever) floor = range.least - 1;
    }
    std::int64_t low = floor, high = range.most;  // more than m above low; fewer than m above high
    std::int64_t above_high = 0;
    for (int step = 0; high - low > 1; ++step) {
        const std::int64_t middle = between(low, high, step < kStepsByValue && low != kNever);
        const std::int64_t count = count_above(keys, n, static_cast<std::int32_t>(middle));
        if (count == m) return {static_cast<std::int32_t>(middle), 0};
        if (count < m) {
            high = middle;
            above_high = count;
        } else {
            low = middle;
        }
    }
    return {static_cast<std::int32_t>(high), m - above_high};
}

}  // namespace gatescope
