#include "model/transformer/token_nll.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "tests/model/transformer/tensors.h"

namespace gatescope {
namespace {

using namespace testing_support;

TEST(TokenNll, IsMinusTheLogOfTheTargetsProbability) {
    const at::Tensor logits = tensor_of({0, std::log(3.0F), 0, 0, 0, 0}, {2, 3});  // 1/5, 3/5, 1/5; 1/3 each
    std::vector<float> out(2);
    nll_rows(logits, std::vector<std::int32_t>{1, 2}, out);
    EXPECT_FLOAT_EQ(out[0], std::log(5.0F / 3.0F));
    EXPECT_FLOAT_EQ(out[1], std::log(3.0F));
}

TEST(TokenNll, EqualsItsGenericForm) {
    for (const at::ScalarType dtype : {at::kFloat, at::kBFloat16}) {
        const at::Tensor logits = random_tensor({5, 49'152}).mul(8).to(dtype);
        const std::vector<std::int32_t> targets = {0, 49'151, 7, 20'000, 1};
        std::vector<float> fast(5), generic(5);
        nll_rows(logits, targets, fast);
        nll_rows_generic(logits, targets, generic);
        for (std::size_t n = 0; n < 5; ++n) EXPECT_NEAR(fast[n], generic[n], 2e-5F) << n;
    }
}

TEST(TokenNll, StandsLargeLogits) {
    std::vector<float> out(1);
    nll_rows(tensor_of({30'000, 29'000}, {1, 2}), std::vector<std::int32_t>{1}, out);
    EXPECT_FLOAT_EQ(out[0], 1000.0F);
}

}  // namespace
}  // namespace gatescope
