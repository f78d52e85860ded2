#pragma once

#include <ATen/core/Tensor.h>

#include "model/core/job_context.h"
#include "model/hooks.h"

namespace gatescope {

// Whether attend_bfloat16() can do this layer: bfloat16 on a CPU that multiplies it, with heads of an even width.
bool serves_bfloat16(const LayerInput& input);

// attend_unseen() in bfloat16: products of bfloat16 values summed in float32, so scores are as exact as those of
// widened ones; the softmax is float32 and its weights are rounded before they meet the values. Memory is that of a
// few hundred keys a thread, however long the window. Output as attend()'s.
at::Tensor attend_bfloat16(const LayerInput& input, JobContext& job);

}  // namespace gatescope
