#include "model/transformer/norm.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/model/transformer/tensors.h"

namespace gatescope {
namespace {

using namespace testing_support;

TEST(RmsNorm, DividesByTheRootMeanSquareAndMultipliesByTheGain) {
    const at::Tensor x = tensor_of({3, 4, 0, 0}, {1, 4});  // mean square 25 / 4
    const at::Tensor out = rms_norm(x, tensor_of({1, 2, 3, 4}, {4}), 0.0);
    EXPECT_FLOAT_EQ(out[0][0].item<float>(), 1.2F);
    EXPECT_FLOAT_EQ(out[0][1].item<float>(), 3.2F);
    EXPECT_FLOAT_EQ(out[0][2].item<float>(), 0.0F);
}

TEST(RmsNorm, AddsEpsilonUnderTheRoot) {
    const at::Tensor out = rms_norm(tensor_of({1, 1}, {1, 2}), tensor_of({1, 1}, {2}), 3.0);
    EXPECT_FLOAT_EQ(out[0][0].item<float>(), 0.5F);
}

TEST(RmsNorm, LeavesARowOfZerosAtZero) {
    const at::Tensor out = rms_norm(at::zeros({1, 5}), at::ones({5}), 1e-5);
    EXPECT_EQ(out.abs().max().item<float>(), 0.0F);
}

TEST(RmsNorm, EqualsItsGenericFormOnOddWidths) {
    for (const std::int64_t width : {1, 7, 33, 576}) {
        const at::Tensor x = random_tensor({37, width}), gain = random_tensor({width}, 2);
        EXPECT_LT(largest_difference(rms_norm(x, gain, 1e-5), rms_norm_generic(x, gain, 1e-5)), 5e-6F) << width;
    }
}

TEST(RmsNorm, RoundsOnceInBfloat16) {
    const at::Tensor x = random_tensor({9, 65}).to(at::kBFloat16), gain = random_tensor({65}, 2);
    const at::Tensor fast = rms_norm(x, gain, 1e-5), generic = rms_norm_generic(x, gain, 1e-5);
    EXPECT_EQ(fast.scalar_type(), at::kBFloat16);
    EXPECT_LT(largest_difference(fast, generic), 1e-6F + 0.008F * generic.to(at::kFloat).abs().max().item<float>());
}

}  // namespace
}  // namespace gatescope
