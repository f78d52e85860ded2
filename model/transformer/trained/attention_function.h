#pragma once
// B window, H query head, G key/value head, T token, Q query, K key, E d_head.

#include <ATen/core/Tensor.h>

#include "model/config.h"
#include "model/key_reach.h"

namespace gatescope {

// What the heads of a layer attend with, rotated and normed already; float32.
struct TrainedHeads {
    at::Tensor q_BHTE, k_BGTE, v_BGTE;
    double scale = 1.0, softcap = 0;  // scores q.k scale, then cap tanh(score / cap); 0: not capped
    KeyReach reach = {};
};

// Output of the heads side by side, [B, T, H * E]: softmax over the keys that the model allows and keep_BHQK keeps
// (bool, undefined: all) of scores + bias_BHQK (float32, undefined: none), times the values; a query without a key
// gives zeros. bias and keep may be broadcast: 1 in place of B or H. Differentiable by q, k, v and the bias. On the
// CPU the products are float32 whatever `compute` says: they are a small share of a step.
at::Tensor trained_attention(const TrainedHeads& heads, const at::Tensor& bias_BHQK, const at::Tensor& keep_BHQK,
                             DataType compute);

}  // namespace gatescope
