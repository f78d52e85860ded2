#include "model/transformer/softmax.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "model/transformer/row_kernels.h"
#include "tests/model/transformer/tensors.h"

namespace gatescope {
namespace {

using namespace testing_support;

struct Case {
    std::int64_t n_queries, n_keys;
    BlockPlace place;
};

const Case kCases[] = {
    {1, 1, {0, 0, {}}},          {7, 7, {0, 0, {}}},           {16, 80, {64, 0, {}}},
    {5, 21, {16, 0, {true, 4}}}, {8, 11, {40, 37, {true, 4}}}, {3, 7, {2, 0, {false}}},
};

TEST(MaskedSoftmax, EqualsItsGenericForm) {
    for (const Case& c : kCases) {
        const at::Tensor scores = random_tensor({3, c.n_queries, c.n_keys}).mul(6);
        for (const bool gated : {false, true}) {
            const at::Tensor keep = gated ? random_tensor(scores.sizes(), 5).gt(0.3) : at::Tensor();
            at::Tensor fast = at::empty_like(scores), generic = at::empty_like(scores);
            masked_softmax(scores, keep, c.place, fast);
            masked_softmax_generic(scores, keep, c.place, generic);
            EXPECT_LT(largest_difference(fast, generic), 2e-6F) << c.n_keys << (gated ? " gated" : "");
        }
    }
}

TEST(MaskedSoftmax, WorksInPlace) {
    at::Tensor scores = random_tensor({2, 9, 9});
    at::Tensor apart = at::empty_like(scores);
    masked_softmax(scores, {}, {}, apart);
    masked_softmax(scores, {}, {}, scores);
    EXPECT_TRUE(scores.equal(apart));
}

TEST(MaskedSoftmax, NeverLooksAtScoresThatAreNotAllowed) {
    at::Tensor scores = random_tensor({1, 4, 4});
    at::Tensor poisoned = scores.clone();
    poisoned[0][1][3].fill_(std::numeric_limits<float>::quiet_NaN());
    masked_softmax(scores, {}, {}, scores);
    masked_softmax(poisoned, {}, {}, poisoned);
    EXPECT_TRUE(scores.equal(poisoned));
}

TEST(MaskedSoftmax, GivesZerosToAQueryWithoutKeys) {
    at::Tensor scores = random_tensor({1, 3, 3});
    masked_softmax(scores, at::zeros({1, 3, 3}, at::kBool), {}, scores);
    EXPECT_EQ(scores.abs().max().item<float>(), 0.0F);
}

TEST(MaskedSoftmax, StandsScoresOfAnySize) {
    at::Tensor scores = tensor_of({0, 0, 0, -1e30F, 1e4F, 0, 5e3F, -1e4F, 5e3F}, {1, 3, 3});
    masked_softmax(scores, {}, {}, scores);
    EXPECT_FLOAT_EQ(scores[0][1][1].item<float>(), 1.0F);
    EXPECT_FLOAT_EQ(scores[0][2][0].item<float>(), 0.5F);
    EXPECT_FLOAT_EQ(scores[0][2][1].item<float>(), 0.0F);
}

TEST(MaskedSoftmax, IsNoNumberWhereAnyScoreIsNone) {
    at::Tensor scores = random_tensor({1, 4, 4});
    scores[0][1].fill_(std::numeric_limits<float>::quiet_NaN());
    scores[0][3][2].fill_(std::numeric_limits<float>::quiet_NaN());
    at::Tensor fast = at::empty_like(scores), generic = at::empty_like(scores);
    masked_softmax(scores, {}, {}, fast);
    masked_softmax_generic(scores, {}, {}, generic);
    for (const at::Tensor& pattern : {fast, generic})
        for (std::int64_t query = 0; query < 4; ++query)
            EXPECT_EQ(std::isnan(pattern[0][query].sum().item<float>()), query % 2 == 1) << query;
}

TEST(MaskScores, PutsMinusInfinityWhereTheModelAllowsNoKey) {
    for (const Case& c : kCases) {
        at::Tensor scores = random_tensor({2, c.n_queries, c.n_keys});
        const at::Tensor before = scores.clone();
        mask_scores(scores, c.place);
        const at::Tensor dropped = disallowed_QK(c.place, scores);
        EXPECT_TRUE(scores.equal(before.masked_fill(dropped, -std::numeric_limits<float>::infinity())));
    }
}

TEST(DisallowedKeys, AreLaterOnesAndThoseLeftOfTheWindow) {
    const at::Tensor dropped =
        disallowed_QK({4, 0, {true, 2}}, at::empty({1, 2, 6}));  // queries 4 and 5, keys 3-4 and 4-5
    const std::vector<bool> expected = {true, true, true, false, false, true, true, true, true, true, false, false};
    for (std::size_t n = 0; n < expected.size(); ++n)
        EXPECT_EQ(dropped.reshape({12})[static_cast<std::int64_t>(n)].item<bool>(), expected[n]) << n;
}

TEST(RowKernels, ExponentialIsWithinTwoUlp) {
    for (float x = -87.0F; x <= 0.0F; x += 0.00173F) {
        const double exact = std::exp(static_cast<double>(x));
        EXPECT_NEAR(row_exp_sum(&x, 1, 0.0F), exact, exact * 2.5e-7) << x;
    }
}

TEST(RowKernels, SumLosesNothingOverALongRow) {
    const std::vector<float> row(200'003, -1.0F);
    const double exact = 200'003 * std::exp(-1.0);
    EXPECT_NEAR(row_exp_sum(row.data(), static_cast<std::int64_t>(row.size()), 0.0F), exact, exact * 1e-6);
}

}  // namespace
}  // namespace gatescope
