// N size of the core, min(2 E, D).
#include "model/kernels/kernel_components.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/argsort.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/complex.h>
#include <ATen/ops/imag.h>
#include <ATen/ops/linalg_eigh.h>
#include <ATen/ops/linalg_qr.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/real.h>
#include <ATen/ops/zeros_like.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace gatescope {
namespace {

// Values below this share of the kernel's norm are rounding: their directions mean nothing.
constexpr double kNoWeight = 1e-12;

// How many of the values, which come largest first, are worth having.
std::int64_t worth(const at::Tensor& magnitude_N, double norm, std::int64_t count) {
    const std::int64_t there = (magnitude_N > kNoWeight * norm).sum().item<std::int64_t>();
    return std::min(there, count);
}

// i S is Hermitian. Its eigenvector p + i m of the value s > 0 has S p = s m, S m = -s p, so that m^T S p = s: with
// both scaled to one, u = m and v = p.
void add_planes(const at::Tensor& skew_NN, const at::Tensor& basis_DN, double norm, std::int64_t count,
                KernelComponents& out) {
    const auto [values_N, vectors_NN] = at::linalg_eigh(at::complex(at::zeros_like(skew_NN), skew_NN));
    const std::int64_t last = values_N.size(0), kept = worth(values_N, norm, count);
    const at::Tensor leading_NP = vectors_NN.narrow(1, last - kept, kept).flip(1);
    const auto direction = [&](const at::Tensor& part_NP) {
        return at::matmul(basis_DN, part_NP * std::numbers::sqrt2).t().contiguous();
    };
    out.plane_P = values_N.narrow(0, last - kept, kept).flip(0).contiguous();
    out.u_PD = direction(at::imag(leading_NP));
    out.v_PD = direction(at::real(leading_NP));
}

void add_axes(const at::Tensor& symmetric_NN, const at::Tensor& basis_DN, double norm, std::int64_t count,
              KernelComponents& out) {
    const auto [values_N, vectors_NN] = at::linalg_eigh(symmetric_NN);
    const at::Tensor order_N = at::argsort(values_N.abs(), /*stable=*/true, 0, /*descending=*/true);
    const at::Tensor chosen_A = order_N.narrow(0, 0, worth(values_N.abs(), norm, count));
    out.axis_A = values_N.index_select(0, chosen_A);
    out.w_AD = at::matmul(basis_DN, vectors_NN.index_select(1, chosen_A)).t().contiguous();
}

}  // namespace

KernelComponents components_of(const at::Tensor& a_ED, const at::Tensor& b_ED, std::int64_t count) {
    const std::int64_t d_head = a_ED.size(0);
    const auto [basis_DN, factors] = at::linalg_qr(at::cat({a_ED, b_ED}, 0).t());
    const at::Tensor core_NN = at::matmul(factors.narrow(1, 0, d_head), factors.narrow(1, d_head, d_head).t());
    const at::Tensor skew_NN = (core_NN - core_NN.t()) * 0.5, symmetric_NN = (core_NN + core_NN.t()) * 0.5;
    KernelComponents out;
    out.skew_energy = skew_NN.square().sum().item<double>();
    out.symmetric_energy = symmetric_NN.square().sum().item<double>();
    const double norm = std::sqrt(out.skew_energy + out.symmetric_energy);
    add_planes(skew_NN, basis_DN, norm, count, out);
    add_axes(symmetric_NN, basis_DN, norm, count, out);
    return out;
}

}  // namespace gatescope
