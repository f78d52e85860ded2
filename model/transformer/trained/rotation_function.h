#pragma once
// B window, X head, T token, E d_head, R half of the rotated channels.

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace gatescope {

// The first 2 R channels of every head turned by its position, half-split pairs, differentiable; float32. x: any
// strides whose last is 1; the result is [B, X, T, E], contiguous.
at::Tensor trained_rotation(const at::Tensor& x_BXTE, const at::Tensor& cos_TR, const at::Tensor& sin_TR);

}  // namespace gatescope
