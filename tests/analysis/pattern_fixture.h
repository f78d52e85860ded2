#pragma once
// Blocks of attention made by hand or at random. Shapes: H head, Q query, K key.

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/softmax.h>

#include <limits>

#include "model/hooks.h"

namespace gatescope::testing_support {

// [T, T] bool: j <= i, and i - j < w where a sliding window w is not 0; all in an encoder.
inline at::Tensor allowed_keys(std::int64_t tokens, const KeyReach& reach = {}) {
    const at::Tensor position = at::arange(tokens, at::kLong);
    const at::Tensor distance = position.unsqueeze(1).sub(position.unsqueeze(0));
    if (!reach.causal) return distance.eq(distance);
    return reach.sliding_window > 0 ? distance.ge(0).logical_and(distance.lt(reach.sliding_window)) : distance.ge(0);
}

inline at::Tensor random_scores(std::int64_t heads, std::int64_t tokens, double spread, std::uint64_t seed) {
    auto generator = at::detail::createCPUGenerator(seed);
    return at::randn({heads, tokens, tokens}, generator, at::kFloat).mul(spread);
}

// The blocks of `queries` queries of one layer with these scores [H, T, T], as a transformer would hand them out.
template <typename Take>
void for_blocks(std::int64_t layer, const at::Tensor& scores_HTT, const KeyReach& reach, std::int64_t queries,
                const Take& take, const at::Tensor& keep_HTT = {}) {
    const std::int64_t tokens = scores_HTT.size(1);
    const at::Tensor allowed = allowed_keys(tokens, reach);
    const double never = -std::numeric_limits<double>::infinity();
    for (std::int64_t begin = 0; begin < tokens; begin += queries) {
        const std::int64_t end = std::min(begin + queries, tokens);
        const auto part = [&](const at::Tensor& source, std::int64_t from) {
            return source.slice(from, begin, end).slice(from + 1, 0, reach.causal ? end : tokens);
        };
        const at::Tensor scores = part(scores_HTT, 1).masked_fill(part(allowed, 0).logical_not(), never);
        const at::Tensor keep = keep_HTT.defined() ? part(keep_HTT, 1).contiguous() : at::Tensor();
        const at::Tensor used = keep.defined() ? scores.masked_fill(keep.logical_not(), never) : scores;
        take(PatternBlock{layer, begin, end, reach, scores, keep, at::softmax(used, -1)});
    }
}

}  // namespace gatescope::testing_support
