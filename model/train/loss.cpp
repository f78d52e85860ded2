#include "model/train/loss.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/tensor.h>

#include <algorithm>

namespace gatescope {
namespace {

constexpr std::int64_t kRowsAtOnce = 16;

// Calls piece(row of S * Q, its query's row) for all rows, shared among threads.
template <typename Piece>
void for_rows(const ScoreRows& rows, const Piece& piece) {
    const std::int64_t queries = rows.scores_SQK.size(1);
    at::parallel_for(0, rows.scores_SQK.size(0) * queries, kRowsAtOnce, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t row = begin; row < end; ++row) piece(row, static_cast<std::size_t>(row % queries));
    });
}

at::Tensor allowed_QK(const ScoreRows& rows) {
    const at::Device device = rows.scores_SQK.device();
    const auto bounds_Q1 = [&](const std::vector<std::int64_t>& bounds) {
        return at::tensor(bounds, at::kLong).to(device).unsqueeze(1);
    };
    const at::Tensor column_K = at::arange(rows.scores_SQK.size(2), at::TensorOptions(device).dtype(at::kLong));
    return column_K.ge(bounds_Q1(rows.begin)).logical_and(column_K.lt(bounds_Q1(rows.end)));
}

}  // namespace

double loss_sum(const LossEntry& loss, const ScoreRows& rows) {
    if (!rows.scores_SQK.is_cpu())
        return loss.value_aten(rows.scores_SQK, rows.target_SQK, allowed_QK(rows)).item<double>();
    const float* scores = rows.scores_SQK.const_data_ptr<float>();
    const float* target = rows.target_SQK.const_data_ptr<float>();
    const std::int64_t width = rows.scores_SQK.size(2);
    std::vector<double> sums(static_cast<std::size_t>(rows.scores_SQK.size(0) * rows.scores_SQK.size(1)));
    for_rows(rows, [&](std::int64_t row, std::size_t query) {
        const std::int64_t at = row * width + rows.begin[query];
        sums[static_cast<std::size_t>(row)] = loss.value(scores + at, target + at, rows.end[query] - rows.begin[query]);
    });
    double sum = 0;
    for (const double row : sums) sum += row;
    return sum;
}

void scores_to_gradient(const LossEntry& loss, ScoreRows& rows, double weight) {
    if (!rows.scores_SQK.is_cpu()) {
        rows.scores_SQK.copy_(loss.gradient_aten(rows.scores_SQK, rows.target_SQK, allowed_QK(rows), weight));
        return;
    }
    float* scores = rows.scores_SQK.data_ptr<float>();
    const float* target = rows.target_SQK.const_data_ptr<float>();
    const std::int64_t width = rows.scores_SQK.size(2);
    for_rows(rows, [&](std::int64_t row, std::size_t query) {
        float* own = scores + row * width;
        const std::int64_t begin = rows.begin[query], end = rows.end[query];
        loss.gradient(own + begin, target + row * width + begin, end - begin, static_cast<float>(weight), own + begin);
        std::fill(own, own + begin, 0.0F);
        std::fill(own + end, own + width, 0.0F);
    });
}

}  // namespace gatescope
