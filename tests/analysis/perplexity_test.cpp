#include "analysis/perplexity.h"

#include <gtest/gtest.h>

#include <cmath>

namespace gatescope {
namespace {

using Rows = std::vector<std::vector<float>>;

TEST(StudentT, IsTheTableOfTheTextbooks) {
    EXPECT_NEAR(student_t_95(1), 12.7062, 1e-4);
    EXPECT_NEAR(student_t_95(2), 4.30265, 1e-5);
    EXPECT_NEAR(student_t_95(15), 2.13145, 1e-5);
    EXPECT_NEAR(student_t_95(1000000), 1.95997, 1e-5);
    EXPECT_TRUE(std::isnan(student_t_95(0)));
}

TEST(Perplexity, IsTheExponentialOfTheMeanOverTokens) {
    const PerplexityEstimate out = estimate_perplexity({{kNaN, 1, 2}, {kNaN, 3, 4}});
    EXPECT_DOUBLE_EQ(out.nll, 2.5);
    EXPECT_DOUBLE_EQ(out.perplexity, std::exp(2.5));
    EXPECT_EQ(out.tokens, 4);
    EXPECT_EQ(out.windows, 2);
}

TEST(Perplexity, AShortLastWindowWeighsItsTokens) {
    const PerplexityEstimate out = estimate_perplexity({{kNaN, 1, 1, 1}, {kNaN, 5}});
    EXPECT_DOUBLE_EQ(out.nll, 2.0);
    // window means 1 and 5: sd 2.8284, over sqrt(2)
    EXPECT_NEAR(out.nll_standard_error, 2.0, 1e-12);
    EXPECT_NEAR(out.low, std::exp(2.0 - student_t_95(1) * 2.0), 1e-12);
    EXPECT_NEAR(out.high, std::exp(2.0 + student_t_95(1) * 2.0), 1e-3);
}

TEST(Perplexity, OneWindowHasNoInterval) {
    const PerplexityEstimate out = estimate_perplexity({{kNaN, 1, 2}});
    EXPECT_DOUBLE_EQ(out.nll, 1.5);
    EXPECT_TRUE(std::isnan(out.nll_standard_error));
    EXPECT_TRUE(std::isnan(out.low));
    EXPECT_TRUE(std::isnan(out.high));
}

TEST(Perplexity, NothingScoredIsNotANumber) {
    EXPECT_TRUE(std::isnan(estimate_perplexity({}).nll));
    EXPECT_EQ(estimate_perplexity({{kNaN}}).windows, 0);
}

TEST(PairedDifference, ComparesTheSameWindowsAlone) {
    const Rows dense{{kNaN, 1, 1}, {kNaN, 2, 2}, {kNaN, 9, 9}};
    const Rows gated{{kNaN, 2, 2}, {kNaN, 5, 5}};
    const PairedDifference out = paired_difference(gated, dense);
    EXPECT_DOUBLE_EQ(out.nll, 2.0);               // 3.5 - 1.5
    EXPECT_NEAR(out.standard_error, 1.0, 1e-12);  // differences 1 and 3
    EXPECT_NEAR(out.low, 2.0 - 12.7062, 1e-3);
    EXPECT_EQ(out.windows, 2);
}

TEST(PairedDifference, WeighsByTokens) {
    const PairedDifference out = paired_difference({{kNaN, 2, 2, 2}, {kNaN, 6}}, {{kNaN, 1, 1, 1}, {kNaN, 1}});
    EXPECT_DOUBLE_EQ(out.nll, (3 * 1.0 + 5.0) / 4);
}

TEST(PairedDifference, OfARunWithItselfIsZero) {
    const Rows rows{{kNaN, 1.25f, 0.5f}, {kNaN, 2}};
    EXPECT_EQ(paired_difference(rows, rows).nll, 0.0);
    EXPECT_EQ(paired_difference(rows, rows).standard_error, 0.0);
    EXPECT_TRUE(std::isnan(paired_difference({}, rows).nll));
}

}  // namespace
}  // namespace gatescope
