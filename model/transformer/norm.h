#pragma once

#include <ATen/core/Tensor.h>

namespace gatescope {

// x / sqrt(mean(x^2) + epsilon) * gain over the last dimension, computed in float32, in x's dtype. gain_D: float32.
at::Tensor rms_norm(const at::Tensor& x_TD, const at::Tensor& gain_D, double epsilon);
// The same in ATen operations: any device, and what the fast one is tested against.
at::Tensor rms_norm_generic(const at::Tensor& x_TD, const at::Tensor& gain_D, double epsilon);

}  // namespace gatescope
