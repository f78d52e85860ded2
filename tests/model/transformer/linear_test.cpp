#include "model/transformer/linear.h"

#include <ATen/ops/linear.h>
#include <ATen/ops/silu.h>
#include <gtest/gtest.h>

#include "tests/model/transformer/tensors.h"

namespace gatescope {
namespace {

using namespace testing_support;

class PackedLinear : public testing::TestWithParam<at::ScalarType> {
  protected:
    float tolerance() const { return GetParam() == at::kFloat ? 2e-5F : 0.15F; }
};

TEST_P(PackedLinear, MultipliesAsThePlainMatrixDoes) {
    for (const std::int64_t n_rows : {1, 5, 130}) {
        const at::Tensor w = random_tensor({72, 48}, 2).to(GetParam()), x = random_tensor({n_rows, 48}).to(GetParam());
        const at::Tensor plain = at::linear(x.to(at::kFloat), w.to(at::kFloat));
        EXPECT_LT(largest_difference(Linear(w).apply(x), plain), tolerance()) << n_rows;
    }
}

TEST_P(PackedLinear, RunsActivationProductAndSumInsideTheMultiplication) {
    const at::Tensor w = random_tensor({40, 24}, 2).to(GetParam()), x = random_tensor({33, 24}).to(GetParam());
    const at::Tensor y = random_tensor({33, 40}, 3).to(GetParam());
    const at::Tensor plain = at::linear(x.to(at::kFloat), w.to(at::kFloat));
    const Linear linear(w);
    EXPECT_LT(largest_difference(linear.apply_silu(x), at::silu(plain)), tolerance());
    EXPECT_LT(largest_difference(linear.apply_times(x, y), plain.mul(y)), 4 * tolerance());
    EXPECT_LT(largest_difference(linear.apply_plus(x, y), plain.add(y)), tolerance());
}

INSTANTIATE_TEST_SUITE_P(Linear, PackedLinear, testing::Values(at::kFloat, at::kBFloat16),
                         [](const auto& dtype) { return std::string(c10::toString(dtype.param)); });

}  // namespace
}  // namespace gatescope
