#pragma once
// Small tensors for tests.

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/full.h>
#include <ATen/ops/full_like.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <initializer_list>
#include <vector>

namespace gatescope::testing_support {

inline at::Tensor random_tensor(at::IntArrayRef shape, std::uint64_t seed = 1) {
    return at::randn(shape, at::detail::createCPUGenerator(seed), at::kFloat);
}

inline at::Tensor tensor_of(std::initializer_list<float> values, at::IntArrayRef shape) {
    const at::Tensor out = at::empty(shape, at::kFloat);
    std::copy(values.begin(), values.end(), out.data_ptr<float>());
    return out;
}

inline float largest_difference(const at::Tensor& a, const at::Tensor& b) {
    return a.to(at::kFloat).sub(b.to(at::kFloat)).abs().max().item<float>();
}

}  // namespace gatescope::testing_support
