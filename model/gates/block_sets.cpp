#include "model/gates/block_sets.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/full.h>
#include <ATen/ops/sort.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "model/core/top_cut.h"
#include "model/key_reach_aten.h"

namespace gatescope {
namespace {

// The blocks before the query's own that it may use some key of.
struct Candidates {
    std::int64_t first = 0, own = 0;
};

Candidates candidates_of(const BlockRules& rules, std::int64_t query) {
    return {rules.reach.begin(query) / rules.keys_per_block, query / rules.keys_per_block};
}

GATESCOPE_CPU_CLONES TopCut cut_of(const float* scores, std::int64_t n, std::int64_t wanted, std::int32_t* bits) {
#pragma omp simd
    for (std::int64_t block = 0; block < n; ++block) bits[block] = ordered_bits(scores[block]);
    return find_top_cut(bits, n, wanted);
}

void keep_row(const float* scores, const BlockRules& rules, std::int64_t query, std::int32_t* bits, bool* keep) {
    const Candidates blocks = candidates_of(rules, query);
    const std::int64_t begin = rules.reach.begin(query), width = rules.keys_per_block;
    const auto keep_block = [&](std::int64_t block) {
        std::fill(keep + std::max(begin, block * width), keep + std::min(query + 1, (block + 1) * width), true);
    };
    std::fill(keep, keep + rules.n_keys, false);
    keep_block(blocks.own);
    TopCut cut = cut_of(scores + blocks.first, blocks.own - blocks.first, rules.blocks - 1, bits);
    for (std::int64_t block = blocks.first; block < blocks.own; ++block) {
        const std::int32_t value = bits[block - blocks.first];
        const bool tie = value == cut.above && cut.ties > 0;
        if (tie) --cut.ties;
        if (value > cut.above || tie) keep_block(block);
    }
}

}  // namespace

at::Tensor keys_of_blocks(const at::Tensor& scores_HQB, const BlockRules& rules) {
    if (!scores_HQB.is_cpu()) return keys_of_blocks_aten(scores_HQB, rules);
    const at::Tensor source_HQB = scores_HQB.contiguous();
    const std::int64_t n_heads = source_HQB.size(0), n_queries = source_HQB.size(1), n_blocks = source_HQB.size(2);
    at::Tensor keep_HQK = at::empty({n_heads, n_queries, rules.n_keys}, at::kBool);
    const float* scores = source_HQB.const_data_ptr<float>();
    bool* keep = keep_HQK.data_ptr<bool>();
    at::parallel_for(0, n_heads * n_queries, 8, [&](std::int64_t begin, std::int64_t end) {
        std::vector<std::int32_t> bits(static_cast<std::size_t>(n_blocks));
        for (std::int64_t row = begin; row < end; ++row)
            keep_row(scores + row * n_blocks, rules, rules.query_begin + row % n_queries, bits.data(),
                     keep + row * rules.n_keys);
    });
    return keep_HQK;
}

at::Tensor keys_of_blocks_aten(const at::Tensor& scores_HQB, const BlockRules& rules) {
    constexpr double kNone = -std::numeric_limits<double>::infinity();
    const std::int64_t n_heads = scores_HQB.size(0), n_queries = scores_HQB.size(1);
    const std::int64_t all_blocks = (rules.n_keys + rules.keys_per_block - 1) / rules.keys_per_block;
    const at::TensorOptions whole = scores_HQB.options().dtype(at::kLong);
    const at::Tensor query_Q = at::arange(rules.query_begin, rules.query_begin + n_queries, whole);
    at::Tensor padded_HQB = at::full({n_heads, n_queries, all_blocks}, kNone, scores_HQB.options());
    const std::int64_t scored = std::min(all_blocks, scores_HQB.size(2));
    padded_HQB.narrow(2, 0, scored).copy_(scores_HQB.narrow(2, 0, scored));
    const at::Tensor block_1B = at::arange(all_blocks, whole).unsqueeze(0);
    const at::Tensor own_Q1 = query_Q.floor_divide(rules.keys_per_block).unsqueeze(1);
    at::Tensor usable_QB = block_1B.lt(own_Q1);
    if (rules.reach.sliding_window > 0) {
        const at::Tensor begin_Q1 = query_Q.add(1 - rules.reach.sliding_window).clamp_min(0).unsqueeze(1);
        usable_QB = usable_QB.logical_and(block_1B.ge(begin_Q1.floor_divide(rules.keys_per_block)));
    }
    padded_HQB.masked_fill_(usable_QB.logical_not(), kNone);
    const at::Tensor order_HQB = std::get<1>(at::sort(padded_HQB, /*stable=*/true, -1, /*descending=*/true));
    const at::Tensor rank_HQB =
        at::empty_like(order_HQB).scatter_(-1, order_HQB, block_1B.expand_as(order_HQB).contiguous());
    const at::Tensor kept_HQB =
        rank_HQB.lt(rules.blocks - 1).logical_and(padded_HQB.isfinite()).logical_or(block_1B.eq(own_Q1));
    const at::Tensor block_of_key_K = at::arange(rules.n_keys, whole).floor_divide(rules.keys_per_block);
    return kept_HQB.index_select(2, block_of_key_K)
        .logical_and(allowed_keys_QK(rules.reach, rules.query_begin, n_queries, 0, rules.n_keys, whole));
}

}  // namespace gatescope
