#pragma once

#include <ATen/core/Tensor.h>

#include <span>

#include "model/core/job_context.h"
#include "model/hooks.h"
#include "model/key_band.h"

namespace gatescope {

// Whether attend_tiles() can do this layer: see tiles_serve().
bool attend_tiles_serves(const LayerInput& input);

// attend_unseen() by tile_products.h, in float32 or bfloat16: products of bfloat16 values are summed in float32, so
// scores are as exact as those of widened ones; the softmax is float32 and its weights are rounded before they meet
// the values. Memory is that of a few hundred keys a thread, however long the window. Output as attend()'s.
// `bands`: the keys that each query head uses; those between sinks and local keys are not touched.
at::Tensor attend_tiles(const LayerInput& input, std::span<const KeyBand> bands, JobContext& job);

}  // namespace gatescope
