#pragma once
// N rows, I in, O out.

#include <ATen/core/Tensor.h>

#include "model/config.h"

namespace gatescope {

// y = x W^T + bias, differentiable by all three; what needs no gradient costs none. x_NI: [..., I], float32; weight_OI,
// bias_O: float32, bias undefined where there is none. `compute` kBFloat16: x, W and the gradients that come back are
// rounded to bfloat16 where they meet; sums, the result and all gradients are float32.
at::Tensor trained_linear(const at::Tensor& x_NI, const at::Tensor& weight_OI, const at::Tensor& bias_O,
                          DataType compute);

}  // namespace gatescope
