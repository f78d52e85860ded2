#pragma once
// First values of a bilinear gate from the head's own projections. Ours: no paper starts a gate so.

#include "model/train/trainable_gate.h"

namespace gatescope {

// Without rope, the best approximation of the head's kernel W_q W_k^T * scale of rank gate_dim: the content part of its
// scores at equal positions. With rope, gate_dim channels of W_q and W_k themselves: of the head's rotation pairs every
// (d_head / gate_dim)-th, which are the ones that turn as the gate's own pairs do, so that the gate's scores are those
// pairs' part of the head's. Biases, QK-norm and RoPE scaling are left out. Throws Failure(kUsage, kUnsupported).
GateArrays bilinear_of_kernel(const LayerInput& input, const ModelConfig& model, const TrainShape& shape);

}  // namespace gatescope
