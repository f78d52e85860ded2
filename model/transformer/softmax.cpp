#include "model/transformer/softmax.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/softmax.h>

#include <algorithm>
#include <limits>

#include "model/key_reach_aten.h"
#include "model/transformer/row_kernels.h"

namespace gatescope {
namespace {

// Columns [begin, end) that a query may use.
struct Columns {
    std::int64_t begin = 0, end = 0;
};

Columns allowed_columns(const BlockPlace& place, std::int64_t query, std::int64_t n_columns) {
    const std::int64_t position = place.query_begin + query;
    const std::int64_t end = place.reach.end(position, place.key_begin + n_columns);
    return {std::clamp<std::int64_t>(place.reach.begin(position) - place.key_begin, 0, n_columns),
            std::clamp<std::int64_t>(end - place.key_begin, 0, n_columns)};
}

// Calls row(head * Q + query, columns) for every row of the block, shared out among threads.
template <typename Row>
void for_rows(const at::Tensor& block_HQK, const BlockPlace& place, const Row& row) {
    const std::int64_t n_queries = block_HQK.size(1), n_columns = block_HQK.size(2);
    at::parallel_for(0, block_HQK.size(0) * n_queries, 8, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t index = begin; index < end; ++index)
            row(index, allowed_columns(place, index % n_queries, n_columns));
    });
}

constexpr float kNegativeInfinity = -std::numeric_limits<float>::infinity();

}  // namespace

at::Tensor disallowed_QK(const BlockPlace& place, const at::Tensor& like_HQK) {
    return allowed_keys_QK(place.reach, place.query_begin, like_HQK.size(1), place.key_begin, like_HQK.size(2),
                           like_HQK.options())
        .logical_not();
}

void mask_scores(at::Tensor& scores_HQK, const BlockPlace& place) {
    if (!scores_HQK.device().is_cpu()) {
        scores_HQK.masked_fill_(disallowed_QK(place, scores_HQK), kNegativeInfinity);
        return;
    }
    float* scores = scores_HQK.data_ptr<float>();
    const std::int64_t n_columns = scores_HQK.size(2);
    for_rows(scores_HQK, place, [&](std::int64_t index, Columns columns) {
        float* row = scores + index * n_columns;
        std::fill(row, row + columns.begin, kNegativeInfinity);
        std::fill(row + columns.end, row + n_columns, kNegativeInfinity);
    });
}

void masked_softmax_generic(const at::Tensor& scores_HQK, const at::Tensor& keep_HQK, const BlockPlace& place,
                            at::Tensor& pattern_HQK) {
    at::Tensor dropped = disallowed_QK(place, scores_HQK);
    if (keep_HQK.defined()) dropped = dropped | keep_HQK.logical_not();
    const at::Tensor masked = scores_HQK.masked_fill(dropped, kNegativeInfinity);
    const at::Tensor no_keys = masked.eq(kNegativeInfinity).all(-1, true);
    pattern_HQK.copy_(at::softmax(masked, -1).masked_fill_(no_keys, 0.0));
}

void masked_softmax(const at::Tensor& scores_HQK, const at::Tensor& keep_HQK, const BlockPlace& place,
                    at::Tensor& pattern_HQK) {
    if (!scores_HQK.device().is_cpu()) return masked_softmax_generic(scores_HQK, keep_HQK, place, pattern_HQK);
    const at::Tensor keep = keep_HQK.defined() ? keep_HQK.expand_as(scores_HQK).contiguous() : keep_HQK;
    const bool* kept = keep.defined() ? keep.const_data_ptr<bool>() : nullptr;
    const float* scores = scores_HQK.const_data_ptr<float>();
    float* pattern = pattern_HQK.data_ptr<float>();
    const std::int64_t n_columns = scores_HQK.size(2);
    for_rows(scores_HQK, place, [&](std::int64_t index, Columns columns) {
        const std::int64_t first = index * n_columns + columns.begin;
        float* out = pattern + index * n_columns;
        row_softmax(scores + first, kept == nullptr ? nullptr : kept + first, columns.end - columns.begin,
                    out + columns.begin);
        std::fill(out, out + columns.begin, 0.0F);
        std::fill(out + columns.end, out + n_columns, 0.0F);
    });
}

}  // namespace gatescope
