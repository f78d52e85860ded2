#pragma once
// H head, T token, C channel of the gate.

#include <ATen/core/Tensor.h>

#include "model/key_reach.h"

namespace gatescope {

// A soft gate's bias [H, T, T], ln sigmoid(scale a_i . b_j) for the keys that `reach` allows and 0 for the others;
// float32, differentiable by both sides. Needs a causal layer.
at::Tensor sigmoid_bias(const at::Tensor& query_HTC, const at::Tensor& key_HTC, double scale, const KeyReach& reach);
// The same in ATen operations: any device, and what the fast one is tested against.
at::Tensor plain_sigmoid_bias(const at::Tensor& query_HTC, const at::Tensor& key_HTC, double scale,
                              const KeyReach& reach);

}  // namespace gatescope
