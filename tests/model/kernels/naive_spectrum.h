#pragma once
// DEFINITIONS.md section 6 by forming W: what no program should do at a size that matters. D d_model, E d_head.

#include <ATen/TensorOperators.h>
#include <ATen/ops/linalg_eigvals.h>
#include <ATen/ops/linalg_eigvalsh.h>
#include <ATen/ops/linalg_svdvals.h>
#include <ATen/ops/matmul.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "model/kernels/kernel_spectrum.h"

namespace gatescope::testing_support {

inline std::vector<double> list_of(const at::Tensor& values) {
    const at::Tensor whole = values.contiguous();
    return {whole.data_ptr<double>(), whole.data_ptr<double>() + whole.numel()};
}

// The `count` largest by magnitude, descending.
inline std::vector<double> leading(std::vector<double> values, std::int64_t count) {
    std::sort(values.begin(), values.end(), [](double a, double b) { return std::abs(a) > std::abs(b); });
    values.resize(static_cast<std::size_t>(count));
    std::sort(values.begin(), values.end(), std::greater<>());
    return values;
}

inline double naive_excess(const at::Tensor& norms) {
    const double limit = norms.mean().item<double>() + 2 * norms.std(0, /*unbiased=*/false).item<double>();
    return (norms - limit).clamp_min(0).sum().item<double>();
}

inline KernelSpectrum naive_spectrum(const at::Tensor& a_ED, const at::Tensor& b_ED) {
    const std::int64_t d_head = a_ED.size(0), d_model = a_ED.size(1);
    const at::Tensor w_DD = at::matmul(a_ED.t(), b_ED), skew_DD = (w_DD - w_DD.t()) / 2;
    const double square = w_DD.square().sum().item<double>();
    const at::Tensor eigenvalues = at::linalg_eigvals(w_DD);
    const double size = eigenvalues.abs().sum().item<double>();
    const double columns = naive_excess(w_DD.square().sum(0).sqrt()), rows = naive_excess(w_DD.square().sum(1).sqrt());
    const double none = std::numeric_limits<double>::quiet_NaN();
    return {
        .singular_values = leading(list_of(at::linalg_svdvals(w_DD)), std::min(d_head, d_model)),
        .skew_values = leading(list_of(at::linalg_svdvals(skew_DD)), std::min(2 * d_head, d_model)),
        .symmetric_values = leading(list_of(at::linalg_eigvalsh((w_DD + w_DD.t()) / 2)), std::min(2 * d_head, d_model)),
        .skew_fraction = square > 0 ? skew_DD.square().sum().item<double>() / square : none,
        .positivity = size > 0 ? w_DD.trace().item<double>() / size : none,
        .directionality = columns + rows > 0 ? (columns - rows) / (columns + rows) : 0.0};
}

}  // namespace gatescope::testing_support
