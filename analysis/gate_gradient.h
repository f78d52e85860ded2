#pragma once
// The hard truth check: what gradient reaches a gate's arrays through what it does to attention. DEFINITIONS.md section
// 5.

#include <cstdint>
#include <span>

#include "analysis/lab_results.h"
#include "model/core/job_context.h"

namespace gatescope {

class Transformer;

// How the gate works on attention.
enum class GateMeans {
    kSet,   // the k best keys (blocks) of the gate: a hard one
    kBias,  // ln sigmoid(g) of a bilinear gate added to the scores: `soft-learned`, whichever gate was asked for
};

// One window, of which 512 tokens count, through the frozen model; in each layer of `request.layers` the gate as a
// training begins it (gate, k, gate_dim, rope, seed ...) works on the layer's own q, k, v, and autograd leads a loss
// back through attention to its arrays. The loss is half the squared distance of the heads' output from the dense one:
// every loss of the model reaches a layer's gate by way of that output alone. One layer at a time is held. Throws
// Failure(kUsage), Cancelled.
GateGradient gate_gradient(Transformer& model, std::span<const std::int32_t> ids, const DistillRequest& request,
                           GateMeans means, JobContext& job);

}  // namespace gatescope
