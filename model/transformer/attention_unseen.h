#pragma once

#include <ATen/core/Tensor.h>

#include "model/core/job_context.h"
#include "model/hooks.h"

namespace gatescope {

// Attention of a layer on the CPU where nobody looks and no gate works: threads take (key/value head, block of queries)
// tasks, largest first, so that scores stay in a core's cache. Output as attend()'s.
at::Tensor attend_unseen(const LayerInput& input, JobContext& job);

}  // namespace gatescope
