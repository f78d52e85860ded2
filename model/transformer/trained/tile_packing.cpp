#include "model/transformer/trained/tile_packing.h"

#include <cstring>

#include "model/transformer/vector_math.h"

namespace gatescope {
namespace {

using namespace vector_math;

constexpr std::int64_t kSide = 8;
using Lane = float __attribute__((vector_size(32)));

// Rows a and b of a square of 2 * Step rows and columns swap its off-diagonal halves: three such steps transpose 8 x 8.
template <int Step>
GATESCOPE_INLINE void swap_halves(Lane& a, Lane& b) {
    const Lane upper = a, lower = b;
    if constexpr (Step == 1) {
        a = __builtin_shufflevector(upper, lower, 0, 8, 2, 10, 4, 12, 6, 14);
        b = __builtin_shufflevector(upper, lower, 1, 9, 3, 11, 5, 13, 7, 15);
    } else if constexpr (Step == 2) {
        a = __builtin_shufflevector(upper, lower, 0, 1, 8, 9, 4, 5, 12, 13);
        b = __builtin_shufflevector(upper, lower, 2, 3, 10, 11, 6, 7, 14, 15);
    } else {
        a = __builtin_shufflevector(upper, lower, 0, 1, 2, 3, 8, 9, 10, 11);
        b = __builtin_shufflevector(upper, lower, 4, 5, 6, 7, 12, 13, 14, 15);
    }
}

template <int Step>
GATESCOPE_INLINE void swap_all(Lane* rows) {
    for (int row = 0; row < kSide; ++row)
        if ((row & Step) == 0) swap_halves<Step>(rows[row], rows[row + Step]);
}

GATESCOPE_INLINE void transpose_square(const float* in, std::int64_t stride, float* out, std::int64_t out_stride) {
    Lane rows[kSide];
    for (int row = 0; row < kSide; ++row) std::memcpy(&rows[row], in + row * stride, sizeof(Lane));
    swap_all<1>(rows);
    swap_all<2>(rows);
    swap_all<4>(rows);
    for (int row = 0; row < kSide; ++row) std::memcpy(out + row * out_stride, &rows[row], sizeof(Lane));
}

GATESCOPE_INLINE std::uint32_t rounded(float x) {
    return narrow<std::uint16_t>(x);
}

}  // namespace

GATESCOPE_CLONES void transpose_tile(const float* in, std::int64_t rows, std::int64_t columns, std::int64_t stride,
                                     float* out, std::int64_t out_stride) {
    const std::int64_t whole_rows = rows / kSide * kSide, whole_columns = columns / kSide * kSide;
    for (std::int64_t c = 0; c < whole_columns; c += kSide)
        for (std::int64_t r = 0; r < whole_rows; r += kSide)
            transpose_square(in + r * stride + c, stride, out + c * out_stride + r, out_stride);
    for (std::int64_t c = 0; c < columns; ++c)
        for (std::int64_t r = c < whole_columns ? whole_rows : 0; r < rows; ++r)
            out[c * out_stride + r] = in[r * stride + c];
}

GATESCOPE_CLONES void round_row(const float* in, std::int64_t n, std::uint16_t* out) {
#pragma omp simd
    for (std::int64_t j = 0; j < n; ++j) out[j] = narrow<std::uint16_t>(in[j]);
}

GATESCOPE_CLONES void round_row_pair(const float* first, const float* second, std::int64_t n, std::uint16_t* out) {
    for (std::int64_t j = 0; j < n; ++j) {
        const std::uint32_t low = rounded(first[j]), high = second == nullptr ? 0 : rounded(second[j]);
        const std::uint32_t pair = low | (high << 16);
        std::memcpy(out + 2 * j, &pair, sizeof(pair));
    }
}

}  // namespace gatescope
