// Spectra of scores against known answers and against the naive way, T x T. T token, E d_head, H head, R rank.
#include "analysis/spectra/score_spectra.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/linalg_eigvalsh.h>
#include <ATen/ops/linalg_qr.h>
#include <ATen/ops/linalg_svdvals.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/outer.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "analysis/spectra/spectrum_ranks.h"

namespace gatescope {
namespace {

at::Tensor random_rows(std::int64_t tokens, std::int64_t d_head, std::uint64_t seed) {
    auto generator = at::detail::createCPUGenerator(seed);
    return at::randn({tokens, d_head}, generator, at::kFloat);
}

ScoreSpectra spectra_of(const at::Tensor& q_TE, const at::Tensor& k_TE, double scale = 1) {
    return score_spectra(score_factors(q_TE.unsqueeze(0), k_TE.unsqueeze(0)).front(), scale);
}

std::vector<double> list(const at::Tensor& values_R) {
    const at::Tensor values = values_R.contiguous();
    return {values.const_data_ptr<double>(), values.const_data_ptr<double>() + values.numel()};
}

// The `count` largest in magnitude, descending with their signs.
std::vector<double> leading(const at::Tensor& values_R, std::size_t count) {
    std::vector<double> out = list(values_R);
    std::sort(out.begin(), out.end(), [](double a, double b) { return std::abs(a) > std::abs(b); });
    out.resize(count);
    std::sort(out.begin(), out.end(), std::greater<>());
    return out;
}

void expect_close(const std::vector<double>& got, const std::vector<double>& want, double within) {
    ASSERT_EQ(got.size(), want.size());
    for (std::size_t n = 0; n < got.size(); ++n) EXPECT_NEAR(got[n], want[n], within) << n;
}

void expect_naive(const at::Tensor& q_TE, const at::Tensor& k_TE, double scale) {
    const at::Tensor m_TT = at::matmul(q_TE.to(at::kDouble), k_TE.to(at::kDouble).t()) * scale;
    const at::Tensor skew_TT = (m_TT - m_TT.t()) / 2;
    const ScoreSpectra got = spectra_of(q_TE, k_TE, scale);
    const auto count = static_cast<std::size_t>(std::min(2 * q_TE.size(1), q_TE.size(0)));
    const double whole = m_TT.square().sum().item<double>(), within = 1e-6 * std::sqrt(whole);
    EXPECT_NEAR(got.routing_fraction, skew_TT.square().sum().item<double>() / whole, 1e-9);
    expect_close(got.skew, leading(at::linalg_svdvals(skew_TT), count), within);
    expect_close(got.symmetric, leading(at::linalg_eigvalsh((m_TT + m_TT.t()) / 2), count), within);
    expect_close(got.centred, leading(at::linalg_svdvals(m_TT - m_TT.mean({1}, /*keepdim=*/true)), count), within);
}

TEST(ScoreSpectra, EqualTheNaiveOnesOfLongAndShortWindows) {
    for (const std::int64_t tokens : {2, 3, 5, 7, 10, 11, 40, 130}) {
        SCOPED_TRACE(tokens);
        expect_naive(random_rows(tokens, 5, 1), random_rows(tokens, 5, 2), 0.3);
    }
}

TEST(ScoreSpectra, EqualTheNaiveOnesWhereQueriesAndKeysDifferInSizeALot) {
    expect_naive(random_rows(60, 6, 1) * 1e4, random_rows(60, 6, 2) * 1e-3 + 0.02, 0.125);
    expect_naive(random_rows(9, 6, 1) * 1e-4, random_rows(9, 6, 2) * 1e3, 0.125);
}

TEST(ScoreSpectra, EqualTheNaiveOnesWhereTheFactorIsSingular) {
    const at::Tensor q_TE = random_rows(50, 6, 1), k_TE = random_rows(50, 6, 2);
    expect_naive(q_TE, at::cat({q_TE.narrow(1, 0, 3), k_TE.narrow(1, 3, 3)}, 1), 1);  // columns in common
    expect_naive(at::cat({q_TE.narrow(1, 0, 3), at::zeros({50, 3})}, 1), k_TE, 1);    // channels that say nothing
    expect_naive(at::outer(q_TE.select(1, 0), k_TE.select(0, 0)), k_TE, 1);
}

TEST(ScoreSpectra, QueriesThatAreTheKeysOnlyFilter) {
    for (const std::int64_t tokens : {6, 30}) {
        const at::Tensor q_TE = random_rows(tokens, 4, 3);
        const ScoreSpectra got = spectra_of(q_TE, q_TE, 0.5);
        EXPECT_NEAR(got.routing_fraction, 0, 1e-12);
        for (const double value : got.skew) EXPECT_EQ(value, 0);
        for (const double value : got.symmetric) EXPECT_GE(value, 0);
        EXPECT_EQ(ranks_of(got.skew).rank_99, 0);
        EXPECT_TRUE(std::isnan(ranks_of(got.skew).effective_rank));
    }
}

// Two channels, keys a quarter turn from queries; queries with orthonormal channels.
TEST(ScoreSpectra, KeysAQuarterTurnAwayOnlyRoute) {
    const at::Tensor q_TE = std::get<0>(at::linalg_qr(random_rows(20, 2, 4).to(at::kDouble)));
    const at::Tensor k_TE = at::cat({-q_TE.narrow(1, 1, 1), q_TE.narrow(1, 0, 1)}, 1);
    const ScoreSpectra got = spectra_of(q_TE, k_TE, 3);
    EXPECT_NEAR(got.routing_fraction, 1, 1e-12);
    expect_close(got.skew, {3, 3, 0, 0}, 1e-6);
    for (const double value : got.symmetric) EXPECT_EQ(value, 0);
    const SpectrumRanks ranks = ranks_of(got.skew);
    EXPECT_NEAR(ranks.effective_rank, 2, 1e-6);
    EXPECT_NEAR(ranks.participation_ratio, 2, 1e-6);
    EXPECT_NEAR(ranks.stable_rank, 2, 1e-6);
}

// M = a b^T: the skew part is a plane, the symmetric part an axis of either sign.
TEST(ScoreSpectra, OfRankOneHaveAPlaneAndTwoAxes) {
    const at::Tensor a_T = random_rows(12, 1, 5).select(1, 0).to(at::kDouble);
    const at::Tensor b_T = random_rows(12, 1, 6).select(1, 0).to(at::kDouble) + 0.5;
    const at::Tensor channel_E = random_rows(1, 3, 7).select(0, 0).to(at::kDouble);
    const double length = channel_E.square().sum().item<double>();
    const ScoreSpectra got = spectra_of(at::outer(a_T, channel_E), at::outer(b_T, channel_E));
    const double a = a_T.square().sum().item<double>() * length, b = b_T.square().sum().item<double>() * length;
    const double between = (a_T * b_T).sum().item<double>() * length, plane = std::sqrt(a * b - between * between) / 2;
    const double around = (b_T - b_T.mean()).square().sum().item<double>() * length;
    expect_close(got.skew, {plane, plane, 0, 0, 0, 0}, 1e-6 * plane);
    expect_close(got.symmetric, {(between + std::sqrt(a * b)) / 2, 0, 0, 0, 0, (between - std::sqrt(a * b)) / 2},
                 1e-6 * plane);
    expect_close(got.centred, {std::sqrt(a * around), 0, 0, 0, 0, 0}, 1e-6 * std::sqrt(a * b));
}

TEST(ScoreSpectra, AKeyThatIsTheSameEverywhereLeavesNothingWhenCentred) {
    const at::Tensor q_TE = random_rows(30, 4, 8), k_TE = random_rows(1, 4, 9).expand({30, 4});
    const ScoreSpectra got = spectra_of(q_TE, k_TE);
    EXPECT_GT(got.skew.front(), 0);
    for (const double value : got.centred) EXPECT_EQ(value, 0);
}

TEST(ScoreSpectra, OfNothingHaveNoFractionAndNoRank) {
    const ScoreSpectra got = spectra_of(at::zeros({20, 3}), random_rows(20, 3, 1));
    EXPECT_TRUE(std::isnan(got.routing_fraction));
    for (const auto* values : {&got.skew, &got.symmetric, &got.centred})
        EXPECT_EQ(*values, std::vector<double>(6, 0.0));
}

TEST(ScoreSpectra, OfWhatIsNotFiniteAreNotNumbers) {
    const at::Tensor q_TE = random_rows(20, 3, 1);
    q_TE[4][1] = std::numeric_limits<float>::infinity();
    const ScoreSpectra got = spectra_of(q_TE, random_rows(20, 3, 2));
    EXPECT_TRUE(std::isnan(got.routing_fraction));
    for (const double value : got.symmetric) EXPECT_TRUE(std::isnan(value));
}

}  // namespace
}  // namespace gatescope
