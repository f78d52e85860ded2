#pragma once

#include <ATen/core/Tensor.h>

#include "model/config.h"

namespace gatescope {

// activation(x), and activation(gate) * up; float32, differentiable by every argument.
at::Tensor trained_activation(const at::Tensor& x, Activation activation);
at::Tensor trained_gated_activation(const at::Tensor& gate, const at::Tensor& up, Activation activation);

}  // namespace gatescope
