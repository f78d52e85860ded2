// Kernels whose planes and axes are known, and the sum over all components against the kernel itself.
#include "model/kernels/kernel_components.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/matmul.h>
#include <gtest/gtest.h>

#include "model/core/job_context.h"
#include "model/kernels/head_factors.h"
#include "tests/analysis/measurement_fixture.h"
#include "tests/model/transformer/tensors.h"

namespace gatescope {
namespace {

using namespace testing_support;

constexpr std::int64_t kAll = 1000;

at::Tensor random_doubles(at::IntArrayRef shape, std::uint64_t seed) {
    return random_tensor(shape, seed).to(at::kDouble);
}

double product(const at::Tensor& a, const at::Tensor& b) {
    return (a * b).sum().item<double>();
}

// x W y^T as the sum over components.
double by_components(const KernelComponents& kernel, const at::Tensor& x_D, const at::Tensor& y_D) {
    double out = 0;
    for (std::int64_t n = 0; n < kernel.plane_P.size(0); ++n) {
        const at::Tensor u = kernel.u_PD[n], v = kernel.v_PD[n];
        out +=
            kernel.plane_P[n].item<double>() * (product(x_D, u) * product(y_D, v) - product(x_D, v) * product(y_D, u));
    }
    for (std::int64_t n = 0; n < kernel.axis_A.size(0); ++n)
        out += kernel.axis_A[n].item<double>() * product(x_D, kernel.w_AD[n]) * product(y_D, kernel.w_AD[n]);
    return out;
}

void expect_whole(const at::Tensor& a_ED, const at::Tensor& b_ED, const std::string& name) {
    const KernelComponents kernel = components_of(a_ED, b_ED, kAll);
    const at::Tensor x_D = random_doubles({a_ED.size(1)}, 71), y_D = random_doubles({a_ED.size(1)}, 72);
    const double whole = product(at::matmul(a_ED, x_D), at::matmul(b_ED, y_D));
    const double size = a_ED.norm().item<double>() * b_ED.norm().item<double>();
    EXPECT_NEAR(by_components(kernel, x_D, y_D), whole, 1e-9 * size) << name;
}

void expect_orthonormal(const at::Tensor& rows_ND) {
    const at::Tensor gram_NN = at::matmul(rows_ND, rows_ND.t());
    EXPECT_LT((gram_NN - at::eye(rows_ND.size(0), at::kDouble)).abs().max().item<double>(), 1e-10);
}

TEST(KernelComponents, ARotationIsOnePlaneWhoseFirstSideAttendsToTheSecond) {
    // W = 3 (e1 e2^T - e2 e1^T) in five dimensions.
    at::Tensor a_ED = at::zeros({2, 5}, at::kDouble), b_ED = at::zeros({2, 5}, at::kDouble);
    a_ED[0][1] = 3.0, b_ED[0][2] = 1.0;
    a_ED[1][2] = -3.0, b_ED[1][1] = 1.0;
    const KernelComponents kernel = components_of(a_ED, b_ED, kAll);
    ASSERT_EQ(kernel.plane_P.size(0), 1);
    EXPECT_EQ(kernel.axis_A.size(0), 0);
    EXPECT_NEAR(kernel.plane_P[0].item<double>(), 3, 1e-12);
    EXPECT_NEAR(kernel.skew_energy, 18, 1e-10);
    EXPECT_NEAR(kernel.symmetric_energy, 0, 1e-10);
    const at::Tensor u_D = kernel.u_PD[0], v_D = kernel.v_PD[0];
    EXPECT_NEAR(product(u_D.narrow(0, 1, 2), u_D.narrow(0, 1, 2)), 1, 1e-12);  // all of it in the plane of e1, e2
    EXPECT_NEAR(product(at::matmul(a_ED, u_D), at::matmul(b_ED, v_D)), 3, 1e-12);
    EXPECT_NEAR(product(at::matmul(a_ED, v_D), at::matmul(b_ED, u_D)), -3, 1e-12);
}

TEST(KernelComponents, ASymmetricKernelHasAxesAloneLargestMagnitudeFirst) {
    const at::Tensor a_ED = at::zeros({3, 6}, at::kDouble), b_ED = at::zeros({3, 6}, at::kDouble);
    const double values[] = {2, -5, 1};
    for (std::int64_t n = 0; n < 3; ++n) {
        a_ED[n][n] = values[n];
        b_ED[n][n] = 1.0;
    }
    const KernelComponents kernel = components_of(a_ED, b_ED, 2);
    EXPECT_EQ(kernel.plane_P.size(0), 0);
    ASSERT_EQ(kernel.axis_A.size(0), 2);
    EXPECT_NEAR(kernel.axis_A[0].item<double>(), -5, 1e-12);
    EXPECT_NEAR(kernel.axis_A[1].item<double>(), 2, 1e-12);
    EXPECT_NEAR(std::abs(kernel.w_AD[0][1].item<double>()), 1, 1e-12);
    EXPECT_NEAR(kernel.symmetric_energy, 30, 1e-10);
}

TEST(KernelComponents, ARankOneKernelIsHalfAPlaneAndTwoAxes) {
    at::Tensor a_ED = at::zeros({1, 4}, at::kDouble), b_ED = at::zeros({1, 4}, at::kDouble);
    a_ED[0][0] = 1.0, b_ED[0][3] = 1.0;
    const KernelComponents kernel = components_of(a_ED, b_ED, kAll);
    ASSERT_EQ(kernel.plane_P.size(0), 1);
    ASSERT_EQ(kernel.axis_A.size(0), 2);
    EXPECT_NEAR(kernel.plane_P[0].item<double>(), 0.5, 1e-12);
    EXPECT_NEAR(kernel.skew_energy, kernel.symmetric_energy, 1e-12);
}

TEST(KernelComponents, AZeroKernelHasNone) {
    const at::Tensor none_ED = at::zeros({3, 8}, at::kDouble);
    const KernelComponents kernel = components_of(none_ED, none_ED, kAll);
    EXPECT_EQ(kernel.plane_P.size(0), 0);
    EXPECT_EQ(kernel.axis_A.size(0), 0);
}

TEST(KernelComponents, AllOfThemMakeTheKernel) {
    expect_whole(random_doubles({6, 20}, 1), random_doubles({6, 20}, 2), "narrow heads");
    expect_whole(random_doubles({6, 9}, 3), random_doubles({6, 9}, 4), "cores as wide as the model");
    expect_whole(random_doubles({9, 6}, 5), random_doubles({9, 6}, 6), "heads wider than the model");
    expect_whole(random_doubles({4, 12}, 7) * 1e6, random_doubles({4, 12}, 8) * 1e-3, "large and small");
    const at::Tensor same_ED = random_doubles({4, 12}, 9);
    expect_whole(same_ED, same_ED, "symmetric");
    expect_whole(random_doubles({4, 1}, 10), random_doubles({4, 1}, 11), "one dimension");
}

TEST(KernelComponents, AllOfThemMakeEveryHeadsKernelAtAnyOffset) {
    const TinyWorld world;
    const ModelConfig& config = world.model->config();
    for (const std::int64_t delta : {0, 3, -2})
        for (std::int64_t head = 0; head < config.n_heads; ++head) {
            const LayerProjections layer = KernelReader(*world.reader, config).read(1);
            const auto [a_ED, b_ED] = head_factors(layer, config, head, false, delta);
            expect_whole(a_ED, b_ED, "head " + std::to_string(head) + " at " + std::to_string(delta));
        }
}

TEST(KernelComponents, DirectionsAreOrthonormalEvenWherePlanesAreEqual) {
    const KernelComponents some = components_of(random_doubles({6, 20}, 21), random_doubles({6, 20}, 22), kAll);
    expect_orthonormal(at::cat({some.u_PD, some.v_PD}, 0));
    expect_orthonormal(some.w_AD);
    // Two planes of equal value: the rotations of (e1, e2) and of (e3, e4).
    at::Tensor a_ED = at::eye(4, 7, at::kDouble), b_ED = at::zeros({4, 7}, at::kDouble);
    b_ED[0][1] = 1.0, b_ED[1][0] = -1.0, b_ED[2][3] = 1.0, b_ED[3][2] = -1.0;
    const KernelComponents equal = components_of(a_ED, b_ED, kAll);
    ASSERT_EQ(equal.plane_P.size(0), 2);
    expect_orthonormal(at::cat({equal.u_PD, equal.v_PD}, 0));
    expect_whole(a_ED, b_ED, "two equal planes");
}

}  // namespace
}  // namespace gatescope
