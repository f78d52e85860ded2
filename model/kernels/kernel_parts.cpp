#include "model/kernels/kernel_parts.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/linalg_cholesky_ex.h>
#include <ATen/ops/linalg_eigh.h>
#include <ATen/ops/linalg_eigvalsh.h>
#include <ATen/ops/linalg_svdvals.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/zeros.h>

#include <limits>
#include <vector>

#include "model/kernels/skew_values.h"

namespace gatescope {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
// A pivot below this share of the largest has lost its digits.
constexpr double kSingular = 1e-13;
// Of the whole, below which a part is rounding.
constexpr double kRounding = 1e-13;

double frobenius(const at::Tensor& matrix) {
    return at::linalg_vector_norm(matrix).item<double>();
}

at::Tensor eigenvalues_descending(const at::Tensor& symmetric_NN) {
    return at::linalg_eigvalsh(symmetric_NN).flip(0);
}

at::Tensor zeros(const at::Tensor& core_NN) {
    return at::zeros({core_NN.size(0)}, core_NN.options());
}

// Of S: a turn makes it tridiagonal, and its even rows against its odd columns are then a bidiagonal matrix with each
// of its values once instead of twice.
at::Tensor skew_singular_values(const at::Tensor& skew_NN) {
    const std::int64_t size = skew_NN.size(0), n_pairs = size / 2;
    const at::Tensor work_NN = skew_NN.clone(at::MemoryFormat::Contiguous);
    const std::vector<double> off =
        skew_tridiagonal({work_NN.data_ptr<double>(), static_cast<std::size_t>(size * size)}, size);
    const at::Tensor bidiagonal = at::zeros({size - n_pairs, n_pairs}, skew_NN.options());
    double* const cells = bidiagonal.data_ptr<double>();
    for (std::int64_t n = 0; n + 1 < size; ++n) cells[(n + 1) / 2 * n_pairs + n / 2] = off[static_cast<std::size_t>(n)];
    const at::Tensor out_N = zeros(skew_NN);
    out_N.narrow(0, 0, 2 * n_pairs).view({n_pairs, 2}).copy_(at::linalg_svdvals(bidiagonal).unsqueeze(1));
    return out_N;
}

}  // namespace

KernelParts parts_of(const at::Tensor& core_NN) {
    const at::Tensor turned_NN = core_NN.t();
    const at::Tensor skew_NN = (core_NN - turned_NN) * 0.5, symmetric_NN = (core_NN + turned_NN) * 0.5;
    KernelParts out;
    out.norm = frobenius(core_NN);
    const double skew = frobenius(skew_NN), share = out.norm > 0 ? skew / out.norm : kNone;
    // What is left of equal numbers taken from each other is no part of the kernel.
    const double noise = kRounding * out.norm;
    out.skew_N = skew > noise ? skew_singular_values(skew_NN) : zeros(core_NN);
    out.symmetric_N = frobenius(symmetric_NN) > noise ? eigenvalues_descending(symmetric_NN) : zeros(core_NN);
    out.skew_fraction = share > kRounding ? share * share : share * 0;
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
