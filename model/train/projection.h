#pragma once
// The way back through x A_h, and what graphs of several kinds share. H head, T token, D d_model, C width.

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "model/hooks.h"

namespace gatescope {

// From the gradient by x A_h [H, T, C] to that by A [H, D, C]: x^T times it, all heads in one product.
at::Tensor projection_gradient(const at::Tensor& x_TD, const at::Tensor& gradient_HTC);

// 1 for the k largest of the columns that each query may use (ties: lower column), else 0: float32, of scores' shape.
at::Tensor best_columns(const at::Tensor& scores_SQK, const PatternBlock& block, std::int64_t k);

}  // namespace gatescope
