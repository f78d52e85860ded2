#pragma once
// The vocabulary on the directions of a head's components: which way a component's free basis is turned, and the tokens
// on each side. C direction (planes' u and v, then axes' w), V id, P plane, D d_model.

#include <ATen/core/Tensor.h>

#include <vector>

#include "analysis/spectra/survey_results.h"
#include "model/kernels/kernel_components.h"

namespace gatescope {

class Tokenizer;

// u of all planes, v of all planes, w of all axes: [C, D] float32.
at::Tensor directions_of(const KernelComponents& kernel);

// Turns each plane so that u is where the loadings vary most, and picks signs such that u's and w's largest loading is
// positive: in `kernel` and in `loadings_CV`, float32, alike.
void turn_to(KernelComponents& kernel, const at::Tensor& loadings_CV);

// The `count` ids that load most on a direction, or on its other side, descending; of equal loadings the lower id
// first.
ComponentSide side_of(const at::Tensor& loading_V, bool positive, std::int64_t count, const Tokenizer* tokenizer);

}  // namespace gatescope
