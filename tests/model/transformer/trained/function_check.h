#pragma once
// A function with gradients of its own against the same in plain ATen.

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/sum.h>
#include <gtest/gtest.h>

#include <functional>
#include <vector>

namespace gatescope::testing_support {

using Function = std::function<at::Tensor(const std::vector<at::Tensor>& arguments)>;

// The value, and the gradient of every argument where the way back begins with a random slope.
struct Outcome {
    at::Tensor value;
    std::vector<at::Tensor> gradients;
};
inline Outcome outcome(const Function& function, const std::vector<at::Tensor>& arguments) {
    std::vector<at::Tensor> leaves;
    for (const at::Tensor& argument : arguments) leaves.push_back(argument.clone().requires_grad_());
    Outcome out{function(leaves), {}};
    const at::Tensor slope = at::arange(out.value.numel(), at::kFloat).sin().view(out.value.sizes());
    at::sum(out.value * slope).backward();
    for (const at::Tensor& leaf : leaves) out.gradients.push_back(leaf.grad());
    return out;
}

// The largest difference, of the largest value.
inline double difference(const at::Tensor& a, const at::Tensor& b) {
    return ((a - b).abs().max() / (b.abs().max() + 1e-12)).item<double>();
}

inline void expect_same(const Function& fast, const Function& plain, const std::vector<at::Tensor>& arguments,
                        double tolerance) {
    const Outcome got = outcome(fast, arguments), wanted = outcome(plain, arguments);
    ASSERT_EQ(got.value.sizes(), wanted.value.sizes());
    EXPECT_LT(difference(got.value, wanted.value), tolerance) << "value";
    for (std::size_t n = 0; n < arguments.size(); ++n) {
        ASSERT_TRUE(got.gradients[n].defined()) << "argument " << n;
        EXPECT_LT(difference(got.gradients[n], wanted.gradients[n]), tolerance) << "gradient of argument " << n;
    }
}

inline void expect_same_bits(const Function& function, const std::vector<at::Tensor>& arguments) {
    const Outcome once = outcome(function, arguments), again = outcome(function, arguments);
    EXPECT_TRUE(at::equal(once.value, again.value));
    for (std::size_t n = 0; n < arguments.size(); ++n)
        EXPECT_TRUE(at::equal(once.gradients[n], again.gradients[n])) << "gradient of argument " << n;
}

// Numbers that are the same in every run.
inline at::Tensor numbers(at::IntArrayRef sizes, double scale = 1.0, std::int64_t phase = 0) {
    std::int64_t count = 1;
    for (const std::int64_t size : sizes) count *= size;
    return at::arange(phase, phase + count, at::kDouble)
        .square()
        .mul(0.7310585)
        .sin()
        .mul(scale)
        .to(at::kFloat)
        .view(sizes);
}

}  // namespace gatescope::testing_support
