#include "model/train/gradient_norm.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace gatescope {
namespace {

at::Tensor with_gradient(const at::Tensor& gradient) {
    at::Tensor parameter = at::zeros(gradient.sizes()).requires_grad_();
    parameter.mutable_grad() = gradient;
    return parameter;
}

TEST(GradientNorm, IsOneRootOverAllParametersAndPassesOverThoseWithoutAGradient) {
    const std::vector<at::Tensor> parameters = {with_gradient(at::tensor({3.0F, 0.0F})),
                                                at::zeros({5}).requires_grad_(),
                                                with_gradient(at::tensor({0.0F, 4.0F}))};
    EXPECT_DOUBLE_EQ(gradient_norm(parameters), 5.0);
}

TEST(GradientNorm, IsTheSameToTheBitWithAnyNumberOfThreads) {
    const std::vector<at::Tensor> parameters = {with_gradient(at::arange(1'000'003, at::kFloat).sin())};
    const int threads = at::get_num_threads();
    at::set_num_threads(1);
    const double alone = gradient_norm(parameters);
    at::set_num_threads(2);
    EXPECT_EQ(gradient_norm(parameters), alone);
    at::set_num_threads(threads);
    EXPECT_NEAR(alone, parameters[0].grad().to(at::kDouble).square().sum().sqrt().item<double>(), 1e-6);
}

TEST(ClipGradients, BringsALargerNormDownToTheMostAndLeavesASmallerOne) {
    const std::vector<at::Tensor> parameters = {with_gradient(at::tensor({3.0F, 4.0F}))};
    EXPECT_DOUBLE_EQ(clip_gradients(parameters, 10.0), 5.0);
    EXPECT_EQ(parameters[0].grad()[0].item<float>(), 3.0F);
    EXPECT_DOUBLE_EQ(clip_gradients(parameters, 0.0), 5.0);
    EXPECT_DOUBLE_EQ(clip_gradients(parameters, 1.0), 5.0);
    EXPECT_NEAR(gradient_norm(parameters), 1.0, 1e-6);
}

}  // namespace
}  // namespace gatescope
