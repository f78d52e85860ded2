#pragma once
// N rows, D d_model, V d_vocab.

#include <ATen/core/Tensor.h>

#include "model/config.h"

namespace gatescope {

// Mean over the scored rows of ln sum exp(logits) - logits[target], nats, as a scalar; 0 where no row is scored.
// logits = hidden unembedding^T + bias, softly capped by `softcap` (0: not). Differentiable by hidden, unembedding and
// bias. hidden_ND, unembedding_VD, bias_V (undefined: none): float32; targets_N: int64, -1: not scored. `compute` as in
// trained_linear().
at::Tensor mean_nll(const at::Tensor& hidden_ND, const at::Tensor& unembedding_VD, const at::Tensor& bias_V,
                    const at::Tensor& targets_N, double softcap, DataType compute);

}  // namespace gatescope
