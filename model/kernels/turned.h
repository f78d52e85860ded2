#pragma once
// W(delta) of a RoPE model is W_q R(delta) W_k^T: the query `delta` positions further on. H head, E d_head, D d_model.

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "model/config.h"

namespace gatescope {

// A query projection, float64 [H, E, D] or [E, D], as it is `delta` positions on; itself where the model doesn't
// rotate. Of frequencies that depend on the window's length: those of the shortest window that has such a pair.
at::Tensor turned(const at::Tensor& rows_HED, const ModelConfig& config, std::int64_t delta);

}  // namespace gatescope
