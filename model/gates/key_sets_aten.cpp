// Shapes: H head, Q query, K key.
#include <ATen/ops/arange.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/full.h>
#include <ATen/ops/sort.h>
#include <ATen/ops/where.h>

#include <limits>

#include "model/gates/key_sets.h"
#include "model/key_reach_aten.h"

namespace gatescope::aten {
namespace {

// [Q, K] and [Q, 1] tensors that all heads share.
struct Grid {
    at::Tensor query_Q1, key_1K, allowed_QK, forced_QK, few_Q1;
};

Grid make_grid(const KeyRules& rules, const at::Tensor& keep_HQK) {
    const at::TensorOptions options = keep_HQK.options().dtype(at::kLong);
    Grid grid;
    grid.query_Q1 = at::arange(rules.query_begin, rules.query_begin + keep_HQK.size(1), options).unsqueeze(1);
    grid.key_1K = at::arange(keep_HQK.size(2), options).unsqueeze(0);
    const at::Tensor distance_QK = grid.query_Q1.sub(grid.key_1K);
    grid.allowed_QK =
        allowed_keys_QK(rules.reach, rules.query_begin, keep_HQK.size(1), 0, keep_HQK.size(2), keep_HQK.options());
    grid.forced_QK = grid.key_1K.lt(rules.sinks).logical_or(distance_QK.lt(rules.local)).logical_and_(grid.allowed_QK);
    grid.few_Q1 = grid.allowed_QK.sum(-1, true).le(rules.k);
    return grid;
}

// `kept` where the row has more than k keys, all of them elsewhere, the own key where nothing would be left.
at::Tensor complete(const at::Tensor& kept_QK, const Grid& grid) {
    const at::Tensor rows_QK = at::where(grid.few_Q1, grid.allowed_QK, kept_QK);
    return at::where(rows_QK.any(-1, true), rows_QK, grid.query_Q1.eq(grid.key_1K));
}

at::Tensor best_of(const at::Tensor& priority_QK, const KeyRules& rules, const Grid& grid) {
    const at::Tensor free_QK =
        grid.allowed_QK.logical_and(grid.forced_QK.logical_not()).logical_and_(priority_QK.isfinite());
    const at::Tensor ranked_QK =
        at::where(free_QK, priority_QK, at::full({}, -std::numeric_limits<float>::infinity(), priority_QK.options()));
    const at::Tensor order_QK = std::get<1>(at::sort(ranked_QK, /*stable=*/true, -1, /*descending=*/true));
    const at::Tensor rank_QK =
        at::empty_like(order_QK).scatter_(-1, order_QK, grid.key_1K.expand_as(order_QK).contiguous());
    const at::Tensor left_Q1 = grid.forced_QK.sum(-1, true).neg().add(rules.k).clamp_min(0);
    return rank_QK.lt(left_Q1).logical_and_(free_QK).logical_or_(grid.forced_QK);
}

const at::Tensor row_of(const at::Tensor& source_HQK, std::int64_t head) {
    return source_HQK.select(0, source_HQK.size(0) == 1 ? 0 : head);
}

}  // namespace

void keep_allowed(const KeyRules& rules, const std::vector<std::int64_t>& heads, at::Tensor& keep_HQK) {
    const Grid grid = make_grid(rules, keep_HQK);
    for (const std::int64_t head : heads) keep_HQK.select(0, head).copy_(grid.allowed_QK);
}

void keep_best(const at::Tensor& priority_HQK, const KeyRules& rules, const std::vector<std::int64_t>& heads,
               at::Tensor& keep_HQK) {
    const Grid grid = make_grid(rules, keep_HQK);
    for (const std::int64_t head : heads)
        keep_HQK.select(0, head).copy_(complete(best_of(row_of(priority_HQK, head), rules, grid), grid));
}

void keep_mask(const at::Tensor& mask_HQK, const KeyRules& rules, const std::vector<std::int64_t>& heads,
               at::Tensor& keep_HQK) {
    const Grid grid = make_grid(rules, keep_HQK);
    for (const std::int64_t head : heads) {
        const at::Tensor kept_QK = row_of(mask_HQK, head).logical_and(grid.allowed_QK).logical_or_(grid.forced_QK);
        keep_HQK.select(0, head).copy_(complete(kept_QK, grid));
    }
}

}  // namespace gatescope::aten
