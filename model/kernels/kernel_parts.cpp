#include "model/kernels/kernel_parts.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/linalg_cholesky_ex.h>
#include <ATen/ops/linalg_eigh.h>
#include <ATen/ops/linalg_eigvalsh.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/matmul.h>

#include <limits>

namespace gatescope {
namespace {

// A pivot below this share of the largest has lost its digits.
constexpr double kSingular = 1e-13;

double frobenius(const at::Tensor& matrix) {
    return at::linalg_vector_norm(matrix).item<double>();
}

at::Tensor eigenvalues_descending(const at::Tensor& symmetric_NN) {
    return at::linalg_eigvalsh(symmetric_NN).flip(0);
}

}  // namespace

KernelParts parts_of(const at::Tensor& core_NN) {
    const at::Tensor turned_NN = core_NN.t();
    const at::Tensor skew_NN = (core_NN - turned_NN) * 0.5;
    KernelParts out;
    // -S^2 = S^T S is symmetric, for which there is a solver several times as fast as that of singular values.
    out.skew_N = eigenvalues_descending(at::matmul(skew_NN.t(), skew_NN)).clamp_min_(0.0).sqrt_();
    out.symmetric_N = eigenvalues_descending((core_NN + turned_NN) * 0.5);
    out.norm = frobenius(core_NN);
    const double skew = frobenius(skew_NN);
    out.skew_fraction = out.norm > 0 ? skew / out.norm * (skew / out.norm) : std::numeric_limits<double>::quiet_NaN();
    return out;
}

GramFactor factor_of(const at::Tensor& gram_NN) {
    const auto [lower_NN, info] = at::linalg_cholesky_ex(gram_NN);
    if (info.item<int>() == 0) {
        const at::Tensor pivot_N = lower_NN.diagonal().square();
        if (pivot_N.min().item<double>() > kSingular * pivot_N.max().item<double>()) return {lower_NN, true};
    }
    const auto [values_N, vectors_NN] = at::linalg_eigh(gram_NN);
    return {vectors_NN * values_N.clamp_min(0.0).sqrt(), false};
}

}  // namespace gatescope
