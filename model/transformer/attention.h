#pragma once
// Attention of one layer, streamed over blocks of queries so that memory is T x block. Where no gate chooses by scores,
// the whole layer goes to a kernel that never holds them, and those who look are shown blocks beside it. H query head,
// G key/value head, E d_head.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>

#include "model/core/job_context.h"
#include "model/gates/gate.h"
#include "model/hooks.h"

namespace gatescope {

// Who looks at a layer and who changes it.
struct LayerSight {
    const GateRun* gate = nullptr;         // prepared for this layer; nullptr: the layer is dense
    std::span<Observer* const> observers;  // those that want this layer's blocks
    std::span<Observer* const> last = {};  // those to whom the block with the last query is enough
};

// Score buffers, kept from layer to layer.
struct AttentionScratch {
    at::Tensor scores, pattern;  // float32, flat
};

// Output of the heads side by side, [T, H * E] in q's dtype, before W_O. Ticks `job` at every query block.
at::Tensor attend(const LayerInput& input, const LayerSight& sight, AttentionScratch& scratch, JobContext& job);

// Queries that a block takes when it sees n_keys keys, so that its scores stay a few MiB.
std::int64_t block_queries(std::int64_t n_heads, std::int64_t n_keys);

// The definition itself, softmax(q k^T scale) v over all T x T scores at once, in differentiable ATen operations: what
// training uses and what the streamed one is tested against.
struct PlainGate {
    at::Tensor keep_HQK = {};    // bool: only these keys are used; undefined: all
    at::Tensor bias_HQK = {};    // added to the scores; undefined: none
    at::Tensor scores_HQK = {};  // in place of plain_scores(); undefined: those
};
at::Tensor plain_scores(const LayerInput& input);  // [H, Q, K], scaled and capped, whatever the model allows
at::Tensor attend_plain(const LayerInput& input, const PlainGate& gate = {});

}  // namespace gatescope
