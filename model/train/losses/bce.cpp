// Binary cross entropy of sigmoid(g_ij) with y_ij, 1 for the oracle's keys: ln(1 + e^g) - y g. Its derivative by g_ij
// is sigmoid(g_ij) - y_ij.
#include <ATen/TensorOperators.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/softplus.h>

#include <algorithm>
#include <cmath>

#include "model/train/losses/losses.h"
#include "model/transformer/row_kernels.h"

namespace gatescope {
namespace {

double value(const float* scores, const float* target, std::int64_t n) {
    double sum = 0;
    for (std::int64_t j = 0; j < n; ++j) {
        const auto g = static_cast<double>(scores[j]);
        sum += std::max(g, 0.0) + std::log1p(std::exp(-std::abs(g))) - static_cast<double>(target[j]) * g;
    }
    return sum;
}

// sigmoid(g) = 1/2 + tanh(g / 2) / 2
void gradient(const float* scores, const float* target, std::int64_t n, float weight, float* out) {
    row_softcap(scores, n, 0.25F, 0.5F, out);
    for (std::int64_t j = 0; j < n; ++j) out[j] = weight * (0.5F + out[j] - target[j]);
}

at::Tensor value_aten(const at::Tensor& scores_SQK, const at::Tensor& target_SQK, const at::Tensor& allowed_QK) {
    return (at::softplus(scores_SQK) - scores_SQK * target_SQK).mul(allowed_QK).sum();
}

at::Tensor gradient_aten(const at::Tensor& scores_SQK, const at::Tensor& target_SQK, const at::Tensor& allowed_QK,
                         double weight) {
    return (at::sigmoid(scores_SQK) - target_SQK).mul(allowed_QK) * weight;
}

}  // namespace

LossEntry bce_loss() {
    return {.id = "bce",
            .label = "BCE",
            .help = "Does the gate's sigmoid tell the oracle's k keys from the others?",
            .on_sets = true,
            .over_pairs = true,
            .value = value,
            .gradient = gradient,
            .value_aten = value_aten,
            .gradient_aten = gradient_aten};
}

}  // namespace gatescope
