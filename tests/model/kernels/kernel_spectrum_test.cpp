// Kernels with known answers, and all others against W itself.
#include "model/kernels/kernel_spectrum.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/linalg_qr.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>

#include "model/kernels/turned.h"
#include "tests/model/kernels/naive_spectrum.h"
#include "tests/model/transformer/tensors.h"

namespace gatescope {
namespace {

using namespace testing_support;
using testing::DoubleNear;
using testing::Each;
using testing::Pointwise;

at::Tensor random_doubles(at::IntArrayRef shape, std::uint64_t seed) {
    return random_tensor(shape, seed).to(at::kDouble);
}

// Orthonormal rows.
at::Tensor directions(std::int64_t count, std::int64_t d_model, std::uint64_t seed) {
    return std::get<0>(at::linalg_qr(random_doubles({d_model, count}, seed))).t().contiguous();
}

void expect_naive(const at::Tensor& a_ED, const at::Tensor& b_ED) {
    const KernelSpectrum got = kernel_spectrum(a_ED, b_ED), want = naive_spectrum(a_ED, b_ED);
    const double limit = 1e-11 * std::max(want.singular_values.front(), 1e-300);
    EXPECT_THAT(got.singular_values, Pointwise(DoubleNear(limit), want.singular_values));
    EXPECT_THAT(got.skew_values, Pointwise(DoubleNear(limit), want.skew_values));
    EXPECT_THAT(got.symmetric_values, Pointwise(DoubleNear(limit), want.symmetric_values));
    EXPECT_NEAR(got.skew_fraction, want.skew_fraction, 1e-11);
    EXPECT_NEAR(got.positivity, want.positivity, 1e-9);
    EXPECT_NEAR(got.directionality, want.directionality, 1e-9);
}

TEST(KernelSpectrum, OfAPureRotationIsAllRouting) {
    const at::Tensor plane = directions(2, 12, 1);
    const at::Tensor turned = at::cat({plane.narrow(0, 1, 1), -plane.narrow(0, 0, 1)});
    const KernelSpectrum got = kernel_spectrum(plane, turned);
    EXPECT_DOUBLE_EQ(got.skew_fraction, 1);
    EXPECT_THAT(got.singular_values, Pointwise(DoubleNear(1e-14), {1.0, 1.0}));
    EXPECT_THAT(got.skew_values, Pointwise(DoubleNear(1e-14), {1.0, 1.0, 0.0, 0.0}));
    EXPECT_THAT(got.symmetric_values, Each(0.0));
    EXPECT_NEAR(got.positivity, 0, 1e-14);
}

TEST(KernelSpectrum, OfASymmetricKernelIsAllFiltering) {
    const at::Tensor rows = directions(3, 20, 2) * at::tensor({3.0, 2.0, 1.0}, at::kDouble).unsqueeze(1);
    const KernelSpectrum same = kernel_spectrum(rows, rows), opposite = kernel_spectrum(rows, -rows);
    EXPECT_EQ(same.skew_fraction, 0);
    EXPECT_THAT(same.skew_values, Each(0.0));
    EXPECT_THAT(same.symmetric_values, Pointwise(DoubleNear(1e-13), {9.0, 4.0, 1.0, 0.0, 0.0, 0.0}));
    EXPECT_NEAR(same.positivity, 1, 1e-13);
    EXPECT_THAT(opposite.symmetric_values, Pointwise(DoubleNear(1e-13), {0.0, 0.0, 0.0, -1.0, -4.0, -9.0}));
    EXPECT_NEAR(opposite.positivity, -1, 1e-13);
}

TEST(KernelSpectrum, OfRankOneHasOnePlaneAndTwoAxes) {
    const at::Tensor basis = directions(2, 9, 3);
    const at::Tensor u = basis.narrow(0, 0, 1) * 2, v = basis.narrow(0, 0, 1) * 0.6 + basis.narrow(0, 1, 1) * 0.8;
    const KernelSpectrum got = kernel_spectrum(u, v);  // |u| = 2, |v| = 1, u.v = 1.2
    EXPECT_THAT(got.singular_values, Pointwise(DoubleNear(1e-14), {2.0}));
    EXPECT_THAT(got.skew_values, Pointwise(DoubleNear(1e-14), {0.8, 0.8}));
    EXPECT_THAT(got.symmetric_values, Pointwise(DoubleNear(1e-14), {1.6, -0.4}));
    EXPECT_NEAR(got.skew_fraction, 0.32, 1e-14);
    EXPECT_NEAR(got.positivity, 1, 1e-14);
}

TEST(KernelSpectrum, OfZerosHasNoFractions) {
    const at::Tensor zero = at::zeros({3, 10}, at::kDouble);
    const KernelSpectrum got = kernel_spectrum(zero, random_doubles({3, 10}, 4));
    EXPECT_TRUE(std::isnan(got.skew_fraction));
    EXPECT_TRUE(std::isnan(got.positivity));
    EXPECT_EQ(got.directionality, 0);
    EXPECT_EQ(got.singular_values, std::vector<double>(3, 0.0));
    EXPECT_EQ(got.skew_values, std::vector<double>(6, 0.0));
    EXPECT_EQ(got.symmetric_values, std::vector<double>(6, 0.0));
}

TEST(KernelSpectrum, OfAPlaneThatTurnsWithTheOffsetIsItsSineAndCosine) {
    ModelConfig config;
    config.d_model = 8;
    config.d_head = config.rope_dims = 2;
    const at::Tensor plane = directions(2, 8, 5);
    for (const std::int64_t delta : {-3, 0, 1, 2}) {
        const KernelSpectrum got = kernel_spectrum(turned(plane, config, delta), plane);
        const auto angle = static_cast<double>(delta);  // the first pair turns by 1 a position
        EXPECT_NEAR(got.skew_fraction, std::sin(angle) * std::sin(angle), 1e-13);
        EXPECT_NEAR(got.skew_values.front(), std::abs(std::sin(angle)), 1e-13);
        EXPECT_NEAR(got.symmetric_values.front(), std::max(std::cos(angle), 0.0), 1e-13);
        EXPECT_NEAR(got.positivity, std::cos(angle), 1e-13);
    }
}

TEST(KernelSpectrum, OfRandomFactorsIsThatOfTheWholeMatrix) {
    for (const auto& [d_head, d_model] : {std::pair{4, 30}, {5, 7}, {6, 6}, {9, 5}, {1, 11}, {16, 33}, {3, 1}})
        expect_naive(random_doubles({d_head, d_model}, 6), random_doubles({d_head, d_model}, 7));
}

TEST(KernelSpectrum, IsExactWhereFactorsLackRankOrScale) {
    at::Tensor a = random_doubles({8, 40}, 8), b = random_doubles({8, 40}, 9);
    a.narrow(0, 4, 4).copy_(a.narrow(0, 0, 4));       // repeated channels
    b.narrow(0, 2, 2).copy_(a.narrow(0, 2, 2) * -2);  // of the other's
    expect_naive(a, b);
    a.narrow(0, 0, 1).mul_(1e6);
    b.narrow(0, 7, 1).mul_(1e-9);
    expect_naive(a, b);
    expect_naive(a * 1e-20, b * 1e-12);
}

TEST(KernelSpectrum, WhoseNormsAreAllEqualHasNoDirection) {
    for (std::uint64_t seed = 0; seed < 8; ++seed)
        EXPECT_EQ(kernel_spectrum(directions(16, 16, seed), directions(16, 16, seed + 100)).directionality, 0);
}

TEST(KernelSpectrum, ColumnsAndRowsThatStandOutGiveItsDirection) {
    at::Tensor a = random_doubles({4, 64}, 10), b = random_doubles({4, 64}, 11);
    b.narrow(1, 5, 1).mul_(50);
    EXPECT_GT(kernel_spectrum(a, b).directionality, 0.9);
    EXPECT_LT(kernel_spectrum(b, a).directionality, -0.9);
}

}  // namespace
}  // namespace gatescope
