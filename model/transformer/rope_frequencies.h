#pragma once

#include <cstdint>
#include <vector>

#include "model/config.h"

namespace gatescope {

// Angle per position of each of the rope_dims / 2 channel pairs, for a window of `length` tokens (dynamic scaling alone
// looks at it). Computed in float32 as training code does (transformers' modeling_rope_utils), since that is what
// checkpoints learned.
std::vector<float> rope_frequencies(const ModelConfig& config, std::int64_t length);

// Do windows of this length turn at frequencies of their own?
bool rope_depends_on_length(const ModelConfig& config, std::int64_t length);

}  // namespace gatescope
