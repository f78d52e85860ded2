// T token, E d_head, N = 2 E, H head, R rank of the factor.
#include "analysis/spectra/score_spectra.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/linalg_eigvalsh.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/outer.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "model/kernels/kernel_parts.h"

namespace gatescope {
namespace {

constexpr std::int64_t kMostBytes = std::int64_t{64} << 20;  // of [Q K] in float64 at a time
// Of the norm of M: queries and keys are no more exact than that.
constexpr double kRounding = 1e-7;
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

// Descending, with zeros up to `count`.
std::vector<double> listed(const at::Tensor& values_R, std::int64_t count, double norm) {
    const at::Tensor flat_R = values_R.contiguous();
    const double* const first = flat_R.const_data_ptr<double>();
    std::vector<double> out(first, first + flat_R.numel());
    for (double& value : out)
        if (std::abs(value) < kRounding * norm) value = 0;
    out.resize(static_cast<std::size_t>(count));
    std::sort(out.begin(), out.end(), std::greater<>());
    return out;
}

// L [N, R] with L L^T = the product of [a Q, b K]: those are M's factors when a b = scale, and no digits are lost in
// the smaller one when both are equally large.
struct Balanced {
    at::Tensor query_ER, key_ER;  // the rows of L
    at::Tensor reduced_ER;        // query_ER without columns that are zero
};

Balanced balanced(const ScoreFactor& factor, double a, double b) {
    const std::int64_t d_head = factor.product_NN.size(0) / 2;
    if (factor.rows_TN.defined()) {
        const at::Tensor query_ER = factor.rows_TN.narrow(1, 0, d_head).t() * a;
        return {query_ER, factor.rows_TN.narrow(1, d_head, d_head).t() * b, query_ER};
    }
    at::Tensor product_NN = factor.product_NN.clone();
    product_NN.narrow(0, 0, d_head).mul_(a);
    product_NN.narrow(1, 0, d_head).mul_(a);
    product_NN.narrow(0, d_head, d_head).mul_(b);
    product_NN.narrow(1, d_head, d_head).mul_(b);
    const GramFactor root = factor_of(product_NN);
    const at::Tensor query_ER = root.factor_NN.narrow(0, 0, d_head);
    return {query_ER, root.factor_NN.narrow(0, d_head, d_head),
            root.triangular ? query_ER.narrow(1, 0, d_head) : query_ER};
}

// Singular values of M with each row's mean taken out: Q (K - mean key)^T, by the product of the keys so centred.
at::Tensor centred_values(const ScoreFactor& factor, const Balanced& sides, double b) {
    const std::int64_t d_head = factor.mean_key_E.size(0);
    const at::Tensor keys_EE = (factor.product_NN.narrow(0, d_head, d_head).narrow(1, d_head, d_head) -
                                at::outer(factor.mean_key_E, factor.mean_key_E) * static_cast<double>(factor.tokens)) *
                               (b * b);
    const at::Tensor squares_RR = at::matmul(sides.reduced_ER.t(), at::matmul(keys_EE, sides.reduced_ER));
    const at::Tensor squares_R = at::linalg_eigvalsh((squares_RR + squares_RR.t()) * 0.5);
    return squares_R.clamp_min(0.0).sqrt();
}

double trace(const at::Tensor& product_NN, std::int64_t begin, std::int64_t size) {
    return product_NN.diagonal().narrow(0, begin, size).sum().item<double>();
}

}  // namespace

std::vector<ScoreFactor> score_factors(const at::Tensor& q_HTE, const at::Tensor& k_HTE) {
    const std::int64_t n_heads = q_HTE.size(0), tokens = q_HTE.size(1), width = 2 * q_HTE.size(2);
    const std::int64_t at_once = std::max<std::int64_t>(1, kMostBytes / (tokens * width * 8));
    std::vector<ScoreFactor> out;
    for (std::int64_t begin = 0; begin < n_heads; begin += at_once) {
        const std::int64_t end = std::min(n_heads, begin + at_once);
        const at::Tensor rows_HTN =
            at::cat({q_HTE.slice(0, begin, end).to(at::kDouble), k_HTE.slice(0, begin, end).to(at::kDouble)}, 2);
        const at::Tensor product_HNN = at::bmm(rows_HTN.transpose(1, 2), rows_HTN).cpu();
        const at::Tensor mean_HE = rows_HTN.narrow(2, width / 2, width / 2).mean(1).cpu();
        const at::Tensor kept_HTN = tokens <= width ? rows_HTN.cpu() : at::Tensor();
        for (std::int64_t head = 0; head < end - begin; ++head)
            out.push_back({product_HNN.select(0, head), mean_HE.select(0, head), tokens,
                           kept_HTN.defined() ? kept_HTN.select(0, head) : at::Tensor()});
    }
    return out;
}

ScoreSpectra score_spectra(const ScoreFactor& factor, double scale) {
    const std::int64_t d_head = factor.mean_key_E.size(0), count = std::min(2 * d_head, factor.tokens);
    const auto all = [count](double value) { return std::vector(static_cast<std::size_t>(count), value); };
    if (!at::isfinite(factor.product_NN).all().item<bool>()) return {kNone, all(kNone), all(kNone), all(kNone)};
    const double queries = std::sqrt(trace(factor.product_NN, 0, d_head));
    const double keys = std::sqrt(trace(factor.product_NN, d_head, d_head));
    if (queries == 0 || keys == 0) return {kNone, all(0), all(0), all(0)};
    const double a = std::sqrt(scale * keys / queries), b = scale / a;
    const Balanced sides = balanced(factor, a, b);
    const KernelParts parts = parts_of(at::matmul(sides.query_ER.t(), sides.key_ER));
    return {parts.skew_fraction, listed(parts.skew_N, count, parts.norm), listed(parts.symmetric_N, count, parts.norm),
            listed(centred_values(factor, sides, b), count, parts.norm)};
}

}  // namespace gatescope
