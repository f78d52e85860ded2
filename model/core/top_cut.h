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

GATESCOPE_INLINE std::int32_t largest_of(const std::int32_t* keys, std::int64_t n) {
    std::int32_t largest = kNever;
#pragma omp simd reduction(max : largest)
    for (std::int64_t j = 0; j < n; ++j) largest = keys[j] > largest ? keys[j] : largest;
    return largest;
}

// The cut of the m largest of n keys; kNever is not counted, so there may be fewer than m. `floor`: a bound known to
// have more than m keys above it, or kNever.
GATESCOPE_INLINE TopCut find_top_cut(const std::int32_t* keys, std::int64_t n, std::int64_t m,
                                     std::int32_t floor = kNever) {
    if (m <= 0) return {std::numeric_limits<std::int32_t>::max(), 0};
    if (floor == kNever && count_above(keys, n, kNever) <= m) return {kNever, 0};
    std::int64_t low = floor, high = largest_of(keys, n);  // more than m above low; fewer than m above high
    std::int64_t above_high = 0;
    while (high - low > 1) {
        const std::int64_t middle = low + (high - low) / 2;
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
