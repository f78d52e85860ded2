#include "model/transformer/softcap.h"

#include <gtest/gtest.h>

#include <cmath>

#include "model/transformer/row_kernels.h"
#include "tests/model/transformer/tensors.h"

namespace gatescope {
namespace {

using namespace testing_support;

TEST(Softcap, IsTheScaledHyperbolicTangent) {
    const at::Tensor x = tensor_of({0, 1, -1, 30, -300, 1e30F}, {6});
    cap_softly(x, 5.0);
    EXPECT_EQ(x[0].item<float>(), 0.0F);
    EXPECT_FLOAT_EQ(x[1].item<float>(), 5.0F * std::tanh(0.2F));
    EXPECT_FLOAT_EQ(x[2].item<float>(), -5.0F * std::tanh(0.2F));
    EXPECT_FLOAT_EQ(x[3].item<float>(), 5.0F * std::tanh(6.0F));
    EXPECT_EQ(x[4].item<float>(), -5.0F);
    EXPECT_EQ(x[5].item<float>(), 5.0F);
}

TEST(Softcap, OfZeroLeavesEverything) {
    const at::Tensor x = random_tensor({7, 11}), before = x.clone();
    cap_softly(x, 0.0);
    EXPECT_TRUE(x.equal(before));
}

TEST(Softcap, EqualsItsGenericFormToTheLastFewDigits) {
    for (const double size : {1e-4, 0.5, 3.0, 40.0}) {
        const at::Tensor fast = random_tensor({3, 5000}).mul(size), generic = fast.clone();
        cap_softly(fast, 2.0);
        cap_softly_generic(generic, 2.0);
        const at::Tensor relative = fast.sub(generic).abs().div(generic.abs().add(1e-20));
        EXPECT_LT(relative.max().item<float>(), 5e-7F) << size;
    }
}

TEST(Softcap, RowKernelScalesFirst) {
    const float row[] = {1.0F, -4.0F, 100.0F};
    float out[3] = {};
    row_softcap(row, 3, 0.5F, 3.0F, out);
    for (int n = 0; n < 3; ++n) EXPECT_FLOAT_EQ(out[n], 3.0F * std::tanh(row[n] * 0.5F / 3.0F)) << n;
}

}  // namespace
}  // namespace gatescope
