// E d_head, D d_model, R rows of the joint triangular factor (the smaller of 2 E and D), N the smaller of E and D.
//
// [A^T B^T] = Q [U V], U upper triangular with N rows that are not zero: W = Q U V^T Q^T, so that the core U V^T has
// W's singular values, and its skew and symmetric parts those of W's. V alone is as good as B^T up to a rotation.
#include "model/kernels/kernel_spectrum.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/linalg_eigvals.h>
#include <ATen/ops/linalg_qr.h>
#include <ATen/ops/linalg_svdvals.h>
#include <ATen/ops/matmul.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "model/kernels/kernel_parts.h"

namespace gatescope {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr double kRounding = 1e-13;

at::Tensor triangular(const at::Tensor& matrix) {
    return std::get<1>(at::linalg_qr(matrix, "r"));
}

std::vector<double> listed(const at::Tensor& values) {
    const at::Tensor whole = values.contiguous();
    return {whole.data_ptr<double>(), whole.data_ptr<double>() + whole.numel()};
}

double squared_norm(const at::Tensor& matrix) {
    return (matrix * matrix).sum().item<double>();
}

// Of the Euclidean norms of `matrix`' columns, what exceeds their mean + 2 population standard deviations.
double summed_excess(const at::Tensor& matrix) {
    const at::Tensor norms = (matrix * matrix).sum(0).sqrt();
    const auto count = static_cast<double>(norms.numel());
    const double mean = norms.sum().item<double>() / count;
    const at::Tensor off = norms - mean;
    // Equal norms differ by their rounding, of which none stands out.
    const double limit = 2 * std::sqrt(squared_norm(off) / count) + kRounding * mean;
    return (off - limit).clamp_min(0).sum().item<double>();
}

double directionality(double columns, double rows) {
    return columns + rows > 0 ? (columns - rows) / (columns + rows) : 0.0;
}

// W's eigenvalues other than zeros are those of B A^T, too; their sum is the trace.
double positivity(const at::Tensor& a_ED, const at::Tensor& b_ED, double norm) {
    const bool whole_is_smaller = a_ED.size(1) < a_ED.size(0);
    const at::Tensor product = whole_is_smaller ? at::matmul(a_ED.t(), b_ED) : at::matmul(b_ED, a_ED.t());
    const double size = at::linalg_eigvals(product).abs().sum().item<double>();
    return size > kRounding * norm ? product.trace().item<double>() / size : kNone;
}

}  // namespace

KernelSpectrum kernel_spectrum(const at::Tensor& a_ED, const at::Tensor& b_ED) {
    const std::int64_t d_head = a_ED.size(0), n_values = std::min(d_head, a_ED.size(1));
    const at::Tensor joint_RX = triangular(at::cat({a_ED, b_ED}).t());
    const at::Tensor left_NE = joint_RX.narrow(1, 0, d_head).narrow(0, 0, n_values);
    const at::Tensor joint_right_RE = joint_RX.narrow(1, d_head, d_head);
    const at::Tensor right_NE = triangular(joint_right_RE);
    const at::Tensor core_RR = at::matmul(joint_RX.narrow(1, 0, d_head), joint_right_RE.t());
    const KernelParts parts = parts_of(core_RR);
    return {.singular_values = listed(at::linalg_svdvals(at::matmul(left_NE, right_NE.t()))),
            .skew_values = listed(parts.skew_N),
            .symmetric_values = listed(parts.symmetric_N),
            .skew_fraction = parts.skew_fraction,
            .positivity = positivity(a_ED, b_ED, parts.norm),
            .directionality =
                directionality(summed_excess(at::matmul(left_NE, b_ED)), summed_excess(at::matmul(right_NE, a_ED)))};
}

}  // namespace gatescope
