#include "model/transformer/norm.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/model/transformer/tensors.h"

namespace gatescope {
namespace {

using namespace testing_support;

Norm rms(const at::Tensor& gain_D, double epsilon = 1e-5) {
    return {NormKind::kRms, epsilon, gain_D, {}};
}
Norm layer(const at::Tensor& gain_D, const at::Tensor& bias_D, double epsilon = 1e-5) {
    return {NormKind::kLayer, epsilon, gain_D, bias_D};
}

TEST(RmsNorm, DividesByTheRootMeanSquareAndMultipliesByTheGain) {
    const at::Tensor x = tensor_of({3, 4, 0, 0}, {1, 4});  // mean square 25 / 4
    const at::Tensor out = rms(tensor_of({1, 2, 3, 4}, {4}), 0.0).apply(x);
    EXPECT_FLOAT_EQ(out[0][0].item<float>(), 1.2F);
    EXPECT_FLOAT_EQ(out[0][1].item<float>(), 3.2F);
    EXPECT_FLOAT_EQ(out[0][2].item<float>(), 0.0F);
}

TEST(RmsNorm, AddsEpsilonUnderTheRoot) {
    const at::Tensor out = rms(tensor_of({1, 1}, {2}), 3.0).apply(tensor_of({1, 1}, {1, 2}));
    EXPECT_FLOAT_EQ(out[0][0].item<float>(), 0.5F);
}

TEST(RmsNorm, LeavesARowOfZerosAtZero) {
    EXPECT_EQ(rms(at::ones({5})).apply(at::zeros({1, 5})).abs().max().item<float>(), 0.0F);
}

TEST(LayerNorm, TakesTheMeanOutDividesByTheDeviationAndAddsTheBias) {
    const at::Tensor x = tensor_of({1, 3, 5, 7}, {1, 4});  // mean 4, variance 5
    const at::Tensor out = layer(tensor_of({1, 1, 2, 1}, {4}), tensor_of({0, 0, 0.5, 0}, {4}), 0.0).apply(x);
    EXPECT_FLOAT_EQ(out[0][0].item<float>(), -3.0F / std::sqrt(5.0F));
    EXPECT_FLOAT_EQ(out[0][2].item<float>(), 2.0F / std::sqrt(5.0F) + 0.5F);
}

TEST(LayerNorm, AddsEpsilonUnderTheRootOfTheVariance) {
    const at::Tensor out = layer(at::ones({2}), at::zeros({2}), 3.0).apply(tensor_of({9, 11}, {1, 2}));
    EXPECT_FLOAT_EQ(out[0][1].item<float>(), 0.5F);
}

TEST(LayerNorm, IsExactFarFromZero) {
    const at::Tensor x = random_tensor({3, 300}).add(1000.0);
    const at::Tensor exact = x.to(at::kDouble).sub(x.to(at::kDouble).mean(-1, true));
    const at::Tensor expected = exact.div(exact.mul(exact).mean(-1, true).add(1e-5).sqrt());
    EXPECT_LT(largest_difference(layer(at::ones({300}), at::zeros({300})).apply(x), expected), 1e-3F);
}

class EachNorm : public testing::TestWithParam<NormKind> {
  protected:
    Norm norm(std::int64_t width) const {
        const at::Tensor gain = random_tensor({width}, 2);
        return GetParam() == NormKind::kRms ? rms(gain) : layer(gain, random_tensor({width}, 3));
    }
};

TEST_P(EachNorm, EqualsItsGenericFormOnOddWidths) {
    for (const std::int64_t width : {1, 7, 33, 52, 576}) {
        const at::Tensor x = random_tensor({37, width});
        const Norm it = norm(width);
        EXPECT_LT(largest_difference(it.apply(x), it.apply_generic(x)), 5e-6F) << width;
    }
}

TEST_P(EachNorm, RoundsOnceInBfloat16) {
    const at::Tensor x = random_tensor({9, 65}).to(at::kBFloat16);
    const Norm it = norm(65);
    const at::Tensor fast = it.apply(x), generic = it.apply_generic(x);
    EXPECT_EQ(fast.scalar_type(), at::kBFloat16);
    EXPECT_LT(largest_difference(fast, generic), 1e-6F + 0.008F * generic.to(at::kFloat).abs().max().item<float>());
}

INSTANTIATE_TEST_SUITE_P(Norm, EachNorm, testing::Values(NormKind::kRms, NormKind::kLayer),
                         [](const auto& kind) { return kind.param == NormKind::kRms ? "Rms" : "Layer"; });

}  // namespace
}  // namespace gatescope
