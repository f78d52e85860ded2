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

TEST(ClipShare, BringsALargerNormDownToTheMostAndLeavesASmallerOne) {
    EXPECT_EQ(clip_share(5.0, 10.0), 1.0);
    EXPECT_EQ(clip_share(5.0, 0.0), 1.0);
    EXPECT_DOUBLE_EQ(clip_share(5.0, 1.0), 0.2);
}

}  // namespace
}  // namespace gatescope
