#include "model/train/adam.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cos.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <cmath>

namespace gatescope {
namespace {

TEST(Adam, StepsAsThePaperSaysByHand) {
    std::vector<at::Tensor> arrays = {at::tensor({1.0F, 2.0F})};
    const std::vector<std::vector<float>> gradients = {{0.5F, -2.0F}, {1.0F, 0.0F}, {-0.25F, 4.0F}};
    double value[2] = {1, 2}, first[2] = {}, second[2] = {};
    Adam adam;
    for (std::size_t step = 0; step < gradients.size(); ++step) {
        adam.step(arrays, {at::tensor(gradients[step])}, 0.1);
        for (std::size_t n = 0; n < 2; ++n) {
            const double g = static_cast<double>(gradients[step][n]), t = static_cast<double>(step + 1);
            first[n] = 0.9 * first[n] + 0.1 * g;
            second[n] = 0.999 * second[n] + 0.001 * g * g;
            value[n] -=
                0.1 * (first[n] / (1 - std::pow(0.9, t))) / (std::sqrt(second[n] / (1 - std::pow(0.999, t))) + 1e-8);
            EXPECT_NEAR(arrays[0][static_cast<std::int64_t>(n)].item<double>(), value[n], 1e-5);
        }
    }
}

TEST(Adam, ChangesTheArraysThemselves) {
    const at::Tensor array = at::full({3}, 1.0F);
    std::vector<at::Tensor> arrays = {array};
    Adam().step(arrays, {at::full({3}, 2.0F)}, 0.5);
    EXPECT_NEAR(array[0].item<double>(), 0.5, 1e-5);
}

TEST(Adam, DecaysMatricesByTheRateAndLeavesVectorsAlone) {
    std::vector<at::Tensor> arrays = {at::full({2, 2}, 3.0F), at::full({2}, 3.0F)};
    const std::vector<at::Tensor> gradients = {at::full({2, 2}, 0.5F), at::full({2}, 0.5F)};
    Adam({.weight_decay = 0.1}).step(arrays, gradients, 0.2);
    EXPECT_NEAR(arrays[0][0][0].item<double>(), 3.0 * (1.0 - 0.2 * 0.1) - 0.2, 1e-5);
    EXPECT_NEAR(arrays[1][0].item<double>(), 3.0 - 0.2, 1e-5);
}

TEST(Adam, GoesOnFromItsStateToTheSameBits) {
    const at::Tensor start = at::arange(40000, at::kFloat).sin();
    const auto gradient = [&](int step) { return at::cos(start * (step + 2)); };
    const auto steps = [&](Adam& adam, std::vector<at::Tensor>& arrays, int from, int to) {
        for (int step = from; step < to; ++step) adam.step(arrays, {gradient(step)}, 0.01);
    };
    std::vector<at::Tensor> whole = {start.clone()}, pieces = {start.clone()};
    Adam adam({.weight_decay = 0.1}), before({.weight_decay = 0.1}), after({.weight_decay = 0.1});
    steps(adam, whole, 0, 5);
    steps(before, pieces, 0, 2);
    after.restore(before.state());
    steps(before, pieces, 2, 2);
    EXPECT_EQ(after.state().steps, 2);
    steps(after, pieces, 2, 5);
    EXPECT_TRUE(at::equal(whole[0], pieces[0]));
    EXPECT_EQ(before.state().steps, 2);
}

TEST(Adam, AShareOfTheGradientIsASmallerGradient) {
    const at::Tensor gradient = at::tensor({0.5F, -2.0F});
    std::vector<at::Tensor> shared = {at::zeros({2})}, small = {at::zeros({2})};
    Adam a({.epsilon = 0.1}), b({.epsilon = 0.1});
    a.step(shared, {gradient}, 0.1, 0.25);
    b.step(small, {gradient * 0.25}, 0.1);
    EXPECT_TRUE(at::allclose(shared[0], small[0]));
}

TEST(Adam, AMissingGradientCountsAsZero) {
    std::vector<at::Tensor> arrays = {at::ones({2}), at::ones({2})};
    Adam().step(arrays, {at::Tensor(), at::ones({2})}, 0.1);
    EXPECT_EQ(arrays[0][0].item<float>(), 1.0F);
    EXPECT_LT(arrays[1][0].item<float>(), 1.0F);
}

}  // namespace
}  // namespace gatescope
