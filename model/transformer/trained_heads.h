#pragma once
// From a fused projection to the heads of a batch, with a way back. B window, H query head, G key/value head, T token,
// E d_head, N = B T rows, X all heads' channels.

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "model/config.h"
#include "model/transformer/rope.h"
#include "model/transformer/trained_weights.h"

namespace gatescope {

// Channels of a head are neighbours; rows may lie apart.
struct BatchHeads {
    at::Tensor q_BHTE, k_BGTE, v_BGTE;
};
// As split_and_rotate() of every window.
BatchHeads split_and_rotate(const at::Tensor& qkv_NX, std::int64_t windows, const ModelConfig& config,
                            const TrainedQueryKeyNorms& norms, const RopeTable::Slice& rope);

}  // namespace gatescope
