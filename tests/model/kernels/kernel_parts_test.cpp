#include "model/kernels/kernel_parts.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/linalg_qr.h>
#include <ATen/ops/linalg_svdvals.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include "model/kernels/skew_values.h"
#include "tests/model/transformer/tensors.h"

namespace gatescope {
namespace {

using namespace testing_support;

TEST(KernelParts, SkewValuesAreThoseOfAnySolverAndComeInPairs) {
    for (const std::int64_t size : {1, 2, 3, 4, 7, 16, 33, 128}) {
        const at::Tensor core = random_tensor({size, size}, 20 + static_cast<std::uint64_t>(size)).to(at::kDouble);
        const at::Tensor got = parts_of(core).skew_N, want = at::linalg_svdvals((core - core.t()) / 2);
        EXPECT_LT((got - want).abs().max().item<double>(), 1e-13 * static_cast<double>(size)) << size;
        for (std::int64_t n = 0; n + 1 < size; n += 2)
            EXPECT_EQ(got[n].item<double>(), got[n + 1].item<double>()) << size;
    }
}

TEST(KernelParts, SmallSkewValuesKeepTheirDigits) {
    // Planes of 1, 1e-6 and 1e-12, turned at random: the square of the least is beyond a double beside 1.
    const at::Tensor basis = std::get<0>(at::linalg_qr(random_tensor({6, 6}, 30).to(at::kDouble)));
    at::Tensor planes = at::zeros({6, 6}, at::kDouble);
    const double sizes[] = {1, 1e-6, 1e-12};
    for (std::int64_t n = 0; n < 3; ++n) {
        planes[2 * n][2 * n + 1] = sizes[n];
        planes[2 * n + 1][2 * n] = -sizes[n];
    }
    const at::Tensor got = parts_of(at::matmul(basis, at::matmul(planes, basis.t()))).skew_N;
    for (std::int64_t n = 0; n < 3; ++n) EXPECT_NEAR(got[2 * n].item<double>(), sizes[n], 1e-15 + 1e-10 * sizes[n]);
}

TEST(SkewTridiagonal, KeepsTheNorm) {
    std::vector<double> upper(25);
    double square = 0;
    for (int row = 0; row < 5; ++row)
        for (int column = row + 1; column < 5; ++column) {
            upper[static_cast<std::size_t>(5 * row + column)] = row - 2 * column + 0.5;
            square += (row - 2 * column + 0.5) * (row - 2 * column + 0.5);
        }
    double left = 0;
    for (const double off : skew_tridiagonal(upper, 5)) left += off * off;
    EXPECT_NEAR(left, square, 1e-12);
    EXPECT_TRUE(skew_tridiagonal({}, 0).empty());
}

}  // namespace
}  // namespace gatescope
