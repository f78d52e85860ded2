#include "model/train/adam.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/full.h>
#include <ATen/ops/tensor.h>
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

TEST(Schedule, RisesToTheWholeRateAndFallsToATenth) {
    EXPECT_NEAR(scheduled_share(0, 300), 0.1, 1e-9);
    EXPECT_NEAR(scheduled_share(9, 300), 1.0, 1e-9);
    EXPECT_NEAR(scheduled_share(299, 300), 0.1, 0.01);
    for (std::int64_t step = 11; step < 300; ++step)
        EXPECT_LT(scheduled_share(step, 300), scheduled_share(step - 1, 300));
    EXPECT_NEAR(scheduled_share(0, 1), 1.0, 1e-9);
}

}  // namespace
}  // namespace gatescope
