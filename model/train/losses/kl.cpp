// KL(P_i || softmax_j g_ij) of a query. Its derivative by g_ij is softmax_j g_ij - P_ij.
#include <ATen/TensorOperators.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/where.h>
#include <ATen/ops/xlogy.h>
#include <ATen/ops/zeros_like.h>

#include <cmath>
#include <limits>

#include "model/train/losses/losses.h"
#include "model/transformer/row_kernels.h"

namespace gatescope {
namespace {

double value(const float* scores, const float* target, std::int64_t n) {
    const float top = row_max(scores, n);
    const double log_total = static_cast<double>(top) + std::log(row_exp_sum(scores, n, top));
    double sum = 0;
    for (std::int64_t j = 0; j < n; ++j) {
        const auto p = static_cast<double>(target[j]);
        if (p > 0) sum += p * (std::log(p) - static_cast<double>(scores[j]) + log_total);
    }
    return sum;
}

void gradient(const float* scores, const float* target, std::int64_t n, float weight, float* out) {
    row_softmax(scores, nullptr, n, out);
    for (std::int64_t j = 0; j < n; ++j) out[j] = weight * (out[j] - target[j]);
}

at::Tensor masked(const at::Tensor& scores_SQK, const at::Tensor& allowed_QK) {
    return scores_SQK.masked_fill(allowed_QK.logical_not(), -std::numeric_limits<float>::infinity());
}

at::Tensor value_aten(const at::Tensor& scores_SQK, const at::Tensor& target_SQK, const at::Tensor& allowed_QK) {
    const at::Tensor log_gate = at::log_softmax(masked(scores_SQK, allowed_QK), -1);
    const at::Tensor cross = at::where(allowed_QK, log_gate * target_SQK, at::zeros_like(log_gate));
    return at::xlogy(target_SQK, target_SQK).sum() - cross.sum();
}

at::Tensor gradient_aten(const at::Tensor& scores_SQK, const at::Tensor& target_SQK, const at::Tensor& allowed_QK,
                         double weight) {
    return (at::softmax(masked(scores_SQK, allowed_QK), -1) - target_SQK) * weight;
}

}  // namespace

LossEntry kl_loss() {
    return {.id = "kl",
            .label = "KL",
            .help = "Distance of the gate's softmax from the attention pattern.",
            .on_sets = false,
            .over_pairs = false,
            .value = value,
            .gradient = gradient,
            .value_aten = value_aten,
            .gradient_aten = gradient_aten};
}

}  // namespace gatescope
