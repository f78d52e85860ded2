#pragma once

#include <ATen/core/Tensor.h>

#include <span>

namespace gatescope {

// The Euclidean norm over the gradients of all parameters together, summed in float64 in one order whatever the number
// of threads; a parameter without a gradient counts as 0. float32.
double gradient_norm(std::span<const at::Tensor> parameters);

// What gradients of that norm are multiplied by so that it is `most` at the most: 1 where it is already; most 0: 1.
double clip_share(double norm, double most);

}  // namespace gatescope
