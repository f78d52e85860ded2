#include "model/transformer/block_products.h"

#include <ATen/Parallel.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/empty.h>

#include <algorithm>
#include <vector>

namespace gatescope {
namespace {

// Keys [begin, begin + count) of one stretch; products take `padded` of them.
struct Stretch {
    std::int64_t begin = 0, count = 0, padded = 0;
};

Stretch next_stretch(std::int64_t key, std::int64_t key_end) {
    const std::int64_t rest = kKeyStretch - key % kKeyStretch, count = std::min(key_end - key, rest);
    return {key, count, std::min((count + kKeyStep - 1) / kKeyStep * kKeyStep, rest)};
}

// Calls visit(head, stretch, tile) for all heads, shared out among threads, and the stretches of each in order. By way
// of a tile of one width, [Q, kKeyStretch], products have few shapes whatever the block's.
template <typename Visit>
void for_stretches(std::int64_t n_heads, std::int64_t n_queries, std::int64_t key_begin, std::int64_t n_keys,
                   const Visit& visit) {
    at::parallel_for(0, n_heads, 1, [&](std::int64_t begin, std::int64_t end) {
        const TileThread thread;
        std::vector<float> tile_QK(static_cast<std::size_t>(n_queries * kKeyStretch));
        for (std::int64_t head = begin; head < end; ++head)
            for (std::int64_t key = key_begin; key < key_begin + n_keys;) {
                const Stretch stretch = next_stretch(key, key_begin + n_keys);
                visit(head, stretch, tile_QK.data());
                key += stretch.count;
            }
    });
}

}  // namespace

BlockProducts::BlockProducts(const at::Tensor& q_HTE, const at::Tensor& k_GTE, const at::Tensor& v_GTE)
    : q_HTE_(q_HTE), k_GTE_(k_GTE), v_GTE_(v_GTE) {
    if (!q_HTE.device().is_cpu() || !tiles_serve<float>(q_HTE.size(2))) return;
    keys_.emplace(k_GTE);
    values_.emplace(v_GTE);
}

void BlockProducts::scores(std::int64_t query_begin, std::int64_t key_begin, at::Tensor& scores_HQK) const {
    if (!keys_) return scores_generic(query_begin, key_begin, scores_HQK);
    const std::int64_t n_queries = scores_HQK.size(1), n_keys = scores_HQK.size(2);
    const std::int64_t length = q_HTE_.size(1), d_head = q_HTE_.size(2);
    const float* q = q_HTE_.const_data_ptr<float>();
    float* scores = scores_HQK.data_ptr<float>();
    for_stretches(q_HTE_.size(0), n_queries, key_begin, n_keys, [&](std::int64_t head, Stretch keys, float* tile_QK) {
        keys_->scores(q + (head * length + query_begin) * d_head, n_queries, group_of(head), keys.begin, keys.padded,
                      tile_QK, kKeyStretch);
        float* out = scores + head * n_queries * n_keys + keys.begin - key_begin;
        for (std::int64_t query = 0; query < n_queries; ++query)
            std::copy_n(tile_QK + query * kKeyStretch, keys.count, out + query * n_keys);
    });
}

at::Tensor BlockProducts::weighted(const at::Tensor& pattern_HQK, std::int64_t key_begin) const {
    if (!values_) return weighted_generic(pattern_HQK, key_begin);
    const std::int64_t n_heads = pattern_HQK.size(0), n_queries = pattern_HQK.size(1), n_keys = pattern_HQK.size(2);
    const std::int64_t d_head = v_GTE_.size(2);
    at::Tensor z_HQE = at::empty({n_heads, n_queries, d_head}, pattern_HQK.options());
    const float* pattern = pattern_HQK.const_data_ptr<float>();
    float* z = z_HQE.data_ptr<float>();
    for_stretches(n_heads, n_queries, key_begin, n_keys, [&](std::int64_t head, Stretch keys, float* tile_QK) {
        const float* in = pattern + head * n_queries * n_keys + keys.begin - key_begin;
        for (std::int64_t query = 0; query < n_queries; ++query) {
            float* row = tile_QK + query * kKeyStretch;
            std::fill(std::copy_n(in + query * n_keys, keys.count, row), row + keys.padded, 0.0F);
        }
        values_->weighted(tile_QK, kKeyStretch, n_queries, group_of(head), keys.begin, keys.padded,
                          keys.begin != key_begin, z + head * n_queries * d_head);
    });
    return z_HQE;
}

void BlockProducts::scores_generic(std::int64_t query_begin, std::int64_t key_begin, at::Tensor& scores_HQK) const {
    const std::int64_t n_queries = scores_HQK.size(1), n_keys = scores_HQK.size(2), groups = k_GTE_.size(0);
    const at::Tensor q_GXE = q_HTE_.narrow(1, query_begin, n_queries).reshape({groups, -1, q_HTE_.size(2)});
    at::Tensor scores_GXK = scores_HQK.view({groups, -1, n_keys});
    at::bmm_out(scores_GXK, q_GXE, k_GTE_.narrow(1, key_begin, n_keys).transpose(1, 2));
}

at::Tensor BlockProducts::weighted_generic(const at::Tensor& pattern_HQK, std::int64_t key_begin) const {
    const std::int64_t n_keys = pattern_HQK.size(2);
    const at::Tensor v_GKE = v_GTE_.narrow(1, key_begin, n_keys);
    return at::bmm(pattern_HQK.view({v_GTE_.size(0), -1, n_keys}), v_GKE)
        .view({pattern_HQK.size(0), pattern_HQK.size(1), v_GTE_.size(2)});
}

}  // namespace gatescope
