#pragma once
// Attention of a batch and its gradients by tiles of scores, a head at a time; the way back computes the pattern anew.
// float32: a small share of a step is multiplied here. B window, H query head, G key/value head, T token, Q query,
// K key, E d_head.

#include <ATen/core/Tensor.h>

#include "model/transformer/trained/attention_function.h"

namespace gatescope {

// On the CPU; tensors of any strides whose last dimension is contiguous. bias_BHQK and keep_BHQK: expanded to all
// windows and heads, undefined where there are none.
struct AttentionProblem {
    TrainedHeads heads;
    at::Tensor bias_BHQK, keep_BHQK;
};

// [B, T, H, E].
at::Tensor attention_forward(const AttentionProblem& problem);

// Fills what is defined, contiguous. slope_BTHE: of the output.
struct AttentionSlopes {
    at::Tensor q_BHTE, k_BGTE, v_BGTE, bias_BHQK;
};
void attention_backward(const AttentionProblem& problem, const at::Tensor& slope_BTHE, const AttentionSlopes& out);

}  // namespace gatescope
