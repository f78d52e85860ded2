// Shapes: H head, Q query, K key, C column, M one of the k.
#include "analysis/concentration_block.h"

#include <ATen/Parallel.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/sort.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/xlogy.h>
#include <ATen/ops/zeros.h>

#include <algorithm>

#include "analysis/concentration_row.h"
#include "model/key_reach_aten.h"

namespace gatescope {
namespace {

at::Tensor with_adjacent_keys(const at::Tensor& source_HQK) {
    return source_HQK.stride(2) == 1 ? source_HQK : source_HQK.contiguous();
}

// Rows of the block by number (head, then query).
class Rows {
  public:
    Rows(const PatternBlock& block, const std::vector<std::int64_t>& heads)
        : block_(block),
          heads_(heads),
          pattern_HQK_(with_adjacent_keys(block.pattern_HQK)),
          scores_HQK_(with_adjacent_keys(block.scores_HQK)) {}

    std::int64_t queries() const { return block_.query_end - block_.query_begin; }
    std::int64_t n_keys() const { return pattern_HQK_.size(2); }
    std::int64_t count() const { return static_cast<std::int64_t>(heads_.size()) * queries(); }
    AttentionRow row(std::int64_t number) const {
        const std::int64_t head = heads_[static_cast<std::size_t>(number / queries())], query = number % queries();
        const auto at = [&](const at::Tensor& source) {
            return source.const_data_ptr<float>() + head * source.stride(0) + query * source.stride(1);
        };
        const std::int64_t position = block_.query_begin + query;
        const KeyReach& reach = block_.reach;
        return {at(pattern_HQK_), at(scores_HQK_), reach.begin(position), reach.end(position, n_keys()), position};
    }

  private:
    const PatternBlock& block_;
    const std::vector<std::int64_t>& heads_;
    at::Tensor pattern_HQK_, scores_HQK_;
};

at::Tensor of_rows(const Rows& rows, const std::vector<std::int32_t>& k) {
    const std::int64_t width = column_count(k);
    at::Tensor out = at::empty({rows.count(), width}, at::kDouble);
    double* columns = out.data_ptr<double>();
    at::parallel_for(0, rows.count(), 4, [&](std::int64_t begin, std::int64_t end) {
        const auto room = static_cast<std::size_t>(rows.n_keys()) + 1;
        std::vector<std::int32_t> here(room), there(room);
        std::vector<AttentionRow> mine;
        for (std::int64_t number = begin; number < end; ++number) mine.push_back(rows.row(number));
        concentration_rows(mine, k, {here.data(), there.data()}, columns + begin * width);
    });
    return out;
}

}  // namespace

at::Tensor concentration_of(const PatternBlock& block, const std::vector<std::int64_t>& heads,
                            const std::vector<std::int32_t>& k) {
    if (!block.pattern_HQK.is_cpu()) return concentration_of_aten(block, heads, k);
    const Rows rows(block, heads);
    const auto n_heads = static_cast<std::int64_t>(heads.size());
    return of_rows(rows, k).view({n_heads, rows.queries(), -1}).sum(1);
}

at::Tensor concentration_of_aten(const PatternBlock& block, const std::vector<std::int64_t>& heads,
                                 const std::vector<std::int32_t>& k) {
    const at::TensorOptions whole = block.pattern_HQK.options().dtype(at::kLong);
    const at::Tensor p_HQK = at::index_select(block.pattern_HQK, 0, at::tensor(heads, whole)).to(at::kDouble);
    const std::int64_t n_keys = p_HQK.size(2);
    const at::Tensor query_Q1 = at::arange(block.query_begin, block.query_end, whole).unsqueeze(1);
    const at::Tensor key_1K = at::arange(n_keys, whole).unsqueeze(0);
    const at::Tensor n_Q = key_counts_Q(block.reach, block.query_begin, block.query_end, n_keys, whole);

    const at::Tensor cumulative_HQK = std::get<0>(at::sort(p_HQK, -1, /*descending=*/true)).cumsum(-1);
    const at::Tensor entropy_HQ = at::xlogy(p_HQK, p_HQK).sum(-1).neg();
    const at::Tensor later_Q = query_Q1.squeeze(1).gt(0).to(at::kDouble);
    const at::Tensor own_1QK = key_1K.eq(query_Q1).to(at::kDouble).unsqueeze(0);
    const at::Tensor before_1QK = key_1K.eq(query_Q1.sub(1)).to(at::kDouble).unsqueeze(0);
    const at::Tensor distance_1QK = query_Q1.sub(key_1K).abs().to(at::kDouble).unsqueeze(0);
    const at::Tensor support_HQ = cumulative_HQK.lt(0.9).sum(-1).add(1).minimum(n_Q).to(at::kDouble);
    std::vector<at::Tensor> columns_HQ{entropy_HQ,
                                       entropy_HQ.exp(),
                                       support_HQ,
                                       p_HQK.mul(own_1QK).sum(-1),
                                       p_HQK.mul(distance_1QK).sum(-1),
                                       p_HQK.select(2, 0).mul(later_Q),
                                       p_HQK.mul(before_1QK).sum(-1)};
    std::vector<at::Tensor> full_HQ;
    for (const std::int32_t at_k : k) {
        columns_HQ.push_back(cumulative_HQK.select(2, std::min<std::int64_t>(at_k, n_keys) - 1));
        full_HQ.push_back(columns_HQ.back().mul(n_Q.gt(at_k).to(at::kDouble)));
    }
    columns_HQ.insert(columns_HQ.end(), full_HQ.begin(), full_HQ.end());
    return at::stack(columns_HQ, -1).sum(1);
}

}  // namespace gatescope
