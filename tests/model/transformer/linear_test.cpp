#include "model/transformer/linear.h"

#include <ATen/ops/linear.h>
#include <gtest/gtest.h>

#include <tuple>

#include "tests/model/transformer/tensors.h"

namespace gatescope {
namespace {

using namespace testing_support;

// Type of the weights, and whether there is a bias.
class PackedLinear : public testing::TestWithParam<std::tuple<at::ScalarType, bool>> {
  protected:
    at::ScalarType dtype() const { return std::get<0>(GetParam()); }
    float tolerance() const { return dtype() == at::kFloat ? 2e-5F : 0.15F; }
    at::Tensor bias(std::int64_t width) const {
        return std::get<1>(GetParam()) ? random_tensor({width}, 9).to(dtype()) : at::Tensor();
    }
    static at::Tensor plain(const at::Tensor& x, const at::Tensor& w, const at::Tensor& b) {
        const at::Tensor y = at::linear(x.to(at::kFloat), w.to(at::kFloat));
        return b.defined() ? y.add(b.to(at::kFloat)) : y;
    }
};

TEST_P(PackedLinear, MultipliesAsThePlainMatrixDoes) {
    for (const auto& [out, in] : {std::pair{72, 48}, std::pair{1013, 52}, std::pair{13, 7}})
        for (const std::int64_t n_rows : {1, 5, 130}) {
            const at::Tensor w = random_tensor({out, in}, 2).to(dtype()), x = random_tensor({n_rows, in}).to(dtype());
            EXPECT_LT(largest_difference(Linear(w, bias(out)).apply(x), plain(x, w, bias(out))), tolerance())
                << out << " x " << in << ", " << n_rows << " rows";
        }
}

TEST_P(PackedLinear, RunsProductAndSumInsideTheMultiplication) {
    const at::Tensor w = random_tensor({40, 24}, 2).to(dtype()), x = random_tensor({33, 24}).to(dtype());
    const at::Tensor z = random_tensor({33, 40}, 3).to(dtype());
    const at::Tensor y = plain(x, w, bias(40));
    const Linear linear(w, bias(40));
    EXPECT_LT(largest_difference(linear.apply_times(x, z), y.mul(z)), 4 * tolerance());
    EXPECT_LT(largest_difference(linear.apply_plus(x, z), y.add(z)), tolerance());
}

TEST_P(PackedLinear, RunsEveryActivationInsideTheMultiplication) {
    const at::Tensor w = random_tensor({40, 25}, 2).to(dtype()), x = random_tensor({33, 25}).to(dtype());
    const Linear linear(w, bias(40));
    for (const Activation activation :
         {Activation::kSilu, Activation::kGelu, Activation::kGeluTanh, Activation::kRelu}) {
        const at::Tensor expected = activate(plain(x, w, bias(40)), activation);
        EXPECT_LT(largest_difference(linear.apply(x, activation), expected), tolerance())
            << static_cast<int>(activation);
    }
}

TEST(Linear, KeepsItsWeightsWhenTheirMemoryIsUsedAgain) {
    const at::Tensor w = random_tensor({6, 4}), b = random_tensor({6}, 2), x = random_tensor({3, 4}, 3);
    const Linear linear(w, b);
    const at::Tensor before = linear.apply(x);
    w.fill_(7.0);
    b.fill_(7.0);
    EXPECT_TRUE(linear.apply(x).equal(before));
}

TEST(Activation, TakesTheNamedFunction) {
    // Reference values of Python's math module at x = 1.5.
    const auto at_one_and_a_half = [](Activation activation) {
        return activate(tensor_of({1.5F}, {1}), activation).item<float>();
    };
    EXPECT_NEAR(at_one_and_a_half(Activation::kSilu), 1.2263617F, 1e-6F);
    EXPECT_NEAR(at_one_and_a_half(Activation::kGelu), 1.3997892F, 1e-6F);
    EXPECT_NEAR(at_one_and_a_half(Activation::kGeluTanh), 1.3995715F, 1e-6F);
    EXPECT_EQ(at_one_and_a_half(Activation::kRelu), 1.5F);
    EXPECT_EQ(activate(tensor_of({-1.5F}, {1}), Activation::kRelu).item<float>(), 0.0F);
}

INSTANTIATE_TEST_SUITE_P(Linear, PackedLinear,
                         testing::Combine(testing::Values(at::kFloat, at::kBFloat16), testing::Bool()),
                         [](const auto& test) {
                             return std::string(c10::toString(std::get<0>(test.param))) +
                                    (std::get<1>(test.param) ? "WithBias" : "");
                         });

}  // namespace
}  // namespace gatescope
