#pragma once
// From the last residual stream to logits. N rows, D d_model, V d_vocab.

#include <ATen/core/Tensor.h>

#include "model/config.h"
#include "model/transformer/linear.h"
#include "model/transformer/norm.h"

namespace gatescope {

struct LmHeadWeights {
    Linear dense;  // of LmHead::kTransform
    Norm norm;
    Linear unembedding;  // of the embedding itself where tied
};

// Logits [N, V] in float32, or in hidden's type where nothing asks for more. Throws Failure(kUnsupported) where the
// checkpoint has no head.
at::Tensor lm_head_logits(const LmHeadWeights& weights, const ModelConfig& config, const at::Tensor& hidden_ND);

}  // namespace gatescope
