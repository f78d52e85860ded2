#pragma once
// The running model's scores made anew from a layer's q and k, for gates that need more of them than the block at hand.
// H query head, G key/value head, T token, Q query, K key, E d_head.

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "model/hooks.h"

namespace gatescope {

// Key/value heads repeated so that every query head has its own row: [G, T, E] -> [H, T, E].
at::Tensor for_query_heads(const at::Tensor& x_GTE, std::int64_t n_heads);

// cap tanh(s / cap); s itself where cap is 0.
at::Tensor softly_capped(const at::Tensor& scores, double cap);

struct ScorePlace {
    std::int64_t head_begin = 0, n_heads = 0;
    std::int64_t query_begin = 0, query_end = 0;
};
// [n_heads, Q, K] float32, scaled and capped, against keys [0, K) up to the last that the block may use; -inf where the
// model allows no key.
at::Tensor layer_scores(const LayerInput& layer, const ScorePlace& place);

}  // namespace gatescope
