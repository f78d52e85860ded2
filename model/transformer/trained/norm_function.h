#pragma once
// D the last dimension.

#include <ATen/core/Tensor.h>

#include "model/config.h"

namespace gatescope {

// What Norm::apply() computes, differentiable by x, gain and bias; float32. kRms: bias_D is undefined.
at::Tensor trained_norm(const at::Tensor& x_ND, const at::Tensor& gain_D, const at::Tensor& bias_D, NormKind kind,
                        double epsilon);

}  // namespace gatescope
