#pragma once
// KeyReach by ATen operations, on any device. Q query of a block, K key of a block.

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/ones.h>

#include "model/key_reach.h"

namespace gatescope {

// [Q, K] bool: may query query_begin + q use key key_begin + k? `options` give the device.
inline at::Tensor allowed_keys_QK(const KeyReach& reach, std::int64_t query_begin, std::int64_t n_queries,
                                  std::int64_t key_begin, std::int64_t n_keys, const at::TensorOptions& options) {
    if (!reach.causal) return at::ones({n_queries, n_keys}, options.dtype(at::kBool));
    const at::TensorOptions whole = options.dtype(at::kLong);
    const at::Tensor distance_QK = at::arange(query_begin, query_begin + n_queries, whole)
                                       .unsqueeze(1)
                                       .sub(at::arange(key_begin, key_begin + n_keys, whole).unsqueeze(0));
    const at::Tensor before_QK = distance_QK.ge(0);
    return reach.sliding_window > 0 ? before_QK.logical_and(distance_QK.lt(reach.sliding_window)) : before_QK;
}

// [Q] int64: n_i of queries [query_begin, query_end) that see keys [0, n_keys).
inline at::Tensor key_counts_Q(const KeyReach& reach, std::int64_t query_begin, std::int64_t query_end,
                               std::int64_t n_keys, const at::TensorOptions& options) {
    const at::Tensor up_to_own_Q = at::arange(query_begin + 1, query_end + 1, options.dtype(at::kLong));
    if (!reach.causal) return up_to_own_Q.fill_(n_keys);
    return reach.sliding_window > 0 ? up_to_own_Q.clamp_max(reach.sliding_window) : up_to_own_Q;
}

}  // namespace gatescope
