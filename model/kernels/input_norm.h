#pragma once
// The norm whose output a layer's queries and keys are made of. No torch.

#include <cstdint>
#include <optional>

#include "model/config.h"
#include "model/families/canonical_tensors.h"

namespace gatescope {

// Where its weights stand; an RMS norm has no bias.
struct InputNorm {
    Weight gain = Weight::kAttentionNorm, bias = Weight::kAttentionNormBias;
    std::int64_t layer = -1;
};

// Nothing where queries and keys are made of the residual stream itself (OLMo 2). BERT's is the norm at the end of what
// comes before the layer.
std::optional<InputNorm> input_norm(const ModelConfig& config, std::int64_t layer);

}  // namespace gatescope
