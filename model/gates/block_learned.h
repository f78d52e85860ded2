#pragma once
// Scores of blocks by a trained gate, (xq A_h) . (xk B_h) / sqrt(gate_dim), in differentiable ATen operations. Shapes:
// H query head, T token, B block, C gate_dim, D d_model.

#include <memory>

#include "model/gates/bilinear.h"
#include "model/gates/block_gate.h"

namespace gatescope {

// xq: the mean x of the query's own block up to the query itself (nothing may depend on later tokens); xk: the mean x
// of the block's keys.
BlockFeatures block_learned_features(const at::Tensor& x_TD, const BilinearArrays& arrays, std::int64_t keys_per_block,
                                     bool tails);
// xq [T, D] of the above, float32.
at::Tensor means_so_far(const at::Tensor& x_TD, std::int64_t keys_per_block);

// The gate of a term (b, n) with arrays from elsewhere than a file.
std::unique_ptr<Gate> block_learned_from(const GateTerm& term, BilinearGate::Source source);

}  // namespace gatescope
