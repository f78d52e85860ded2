#pragma once
// Random numbers named by what they are for instead of by the order of drawing. DEFINITIONS.md section 4.

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace gatescope {

// The draw of one layer of one window.
struct RandomStream {
    std::int64_t seed = 0, step = 0, window = 0, layer = 0;
};

// Positive float32 priorities [H, Q, K], one for each (head, query, key), ordered as 30 random bits; K = keys
// [0, query_end), those beyond the query's own undefined. The same numbers on every device.
at::Tensor random_priorities(const RandomStream& stream, std::int64_t head_begin, std::int64_t query_begin,
                             const at::Tensor& like_HQK);
// Both ways of computing them, for the test that holds them equal.
at::Tensor random_priorities_cpu(const RandomStream& stream, std::int64_t head_begin, std::int64_t query_begin,
                                 const at::Tensor& like_HQK);
at::Tensor random_priorities_aten(const RandomStream& stream, std::int64_t head_begin, std::int64_t query_begin,
                                  const at::Tensor& like_HQK);

}  // namespace gatescope
