#pragma once
// A block's contribution to the concentration table. Shapes: H head, Q query, K key, C column.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "analysis/concentration_columns.h"
#include "model/hooks.h"

namespace gatescope {

// Sums over the block's queries for `heads`: float64 [H, C] on the block's device. Takes the pattern to be the softmax
// of the scores.
at::Tensor concentration_of(const PatternBlock& block, const std::vector<std::int64_t>& heads,
                            const std::vector<std::int32_t>& k);
// The same by ATen operations with a full sort: what other devices run, and what a test holds the CPU's kernel to.
at::Tensor concentration_of_aten(const PatternBlock& block, const std::vector<std::int64_t>& heads,
                                 const std::vector<std::int32_t>& k);

}  // namespace gatescope
