#pragma once
// Matrices put in the orders that small products want (tile_products.h): transposed, rounded to bfloat16, in pairs of
// neighbours that the processor multiplies at once. No torch, no threads.

#include <cstdint>

namespace gatescope {

// out_cr = in_rc; strides from row to row.
void transpose_tile(const float* in, std::int64_t rows, std::int64_t columns, std::int64_t stride, float* out,
                    std::int64_t out_stride);

// out = in rounded to bfloat16.
void round_row(const float* in, std::int64_t n, std::uint16_t* out);

// out_{2j} = first_j, out_{2j+1} = second_j, rounded; second nullptr: zeros.
void round_row_pair(const float* first, const float* second, std::int64_t n, std::uint16_t* out);

}  // namespace gatescope
