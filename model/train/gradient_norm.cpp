#include "model/train/gradient_norm.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/sum.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "model/transformer/vector_math.h"

namespace gatescope {
namespace {

constexpr std::int64_t kPiece = 1 << 14;

GATESCOPE_CLONES double square_sum(const float* values, std::int64_t n) {
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (std::int64_t i = 0; i < n; ++i) sum += static_cast<double>(values[i]) * static_cast<double>(values[i]);
    return sum;
}

// In pieces of one size, added up in their order: the same bits with any number of threads.
double square_sum(const at::Tensor& gradient) {
    if (!gradient.is_cpu()) return gradient.to(at::kDouble).square().sum().item<double>();
    const at::Tensor plain = gradient.contiguous();
    const float* values = plain.const_data_ptr<float>();
    const std::int64_t n = plain.numel(), n_pieces = (n + kPiece - 1) / kPiece;
    std::vector<double> sums(static_cast<std::size_t>(n_pieces));
    at::parallel_for(0, n_pieces, 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t piece = begin; piece < end; ++piece)
            sums[static_cast<std::size_t>(piece)] =
                square_sum(values + piece * kPiece, std::min(kPiece, n - piece * kPiece));
    });
    return std::accumulate(sums.begin(), sums.end(), 0.0);
}

}  // namespace

double gradient_norm(std::span<const at::Tensor> parameters) {
    const c10::InferenceMode inference;
    double sum = 0;
    for (const at::Tensor& parameter : parameters)
        if (parameter.grad().defined()) sum += square_sum(parameter.grad());
    return std::sqrt(sum);
}

double clip_share(double norm, double most) {
    return most > 0 && norm > most ? most / norm : 1.0;
}

}  // namespace gatescope
