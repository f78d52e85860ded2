#pragma once

#include <ATen/core/Tensor.h>

#include <span>

namespace gatescope {

// The Euclidean norm over the gradients of all parameters together, summed in float64 in one order whatever the number
// of threads; a parameter without a gradient counts as 0. float32.
double gradient_norm(std::span<const at::Tensor> parameters);

// What gradients of that norm are multiplied by so that it is `most` at the most: 1 where it is already; most 0: 1.
double clip_share(double norm, double most);

// Multiplies the gradients by clip_share() in place and returns the norm before. Where an Adam step follows at once,
// gradient_norm() and Adam's gradient_share do the same in one pass less.
double clip_gradients(std::span<const at::Tensor> parameters, double most);

}  // namespace gatescope
