#include "analysis/experiments/seed_statistics.h"

#include <gtest/gtest.h>

#include <cmath>

namespace gatescope {
namespace {

// Windows of two tokens each, as a measuring leaves them.
GateOutcome outcome(const std::string& gate, const std::vector<double>& window_nll) {
    GateOutcome out;
    out.gate = gate;
    out.window_nll = window_nll;
    out.window_tokens.assign(window_nll.size(), 2);
    out.estimate.nll = 0;
    for (const double nll : window_nll) out.estimate.nll += nll / static_cast<double>(window_nll.size());
    out.estimate.perplexity = std::exp(out.estimate.nll);
    out.estimate.low = out.estimate.perplexity - 1;
    out.estimate.high = out.estimate.perplexity + 2;
    out.estimate.windows = std::ssize(window_nll);
    return out;
}

TEST(SeedStatistics, ThreeSeedsHaveStudentsIntervalOfTwoDegrees) {
    const Quantity out = over_seeds({10, 12, 14});
    EXPECT_DOUBLE_EQ(out.mean, 12);
    EXPECT_DOUBLE_EQ(out.deviation, 2);
    EXPECT_NEAR(out.low, 12 - 4.302653 * 2 / std::sqrt(3.0), 1e-5);
    EXPECT_NEAR(out.high, 12 + 4.302653 * 2 / std::sqrt(3.0), 1e-5);
    EXPECT_EQ(out.count, 3);
    EXPECT_EQ(out.over, "seeds");
    EXPECT_EQ(out.values, (std::vector<double>{10, 12, 14}));
}

TEST(SeedStatistics, ASingleSeedHasNoInterval) {
    const Quantity out = over_seeds({7});
    EXPECT_DOUBLE_EQ(out.mean, 7);
    EXPECT_TRUE(std::isnan(out.deviation));
    EXPECT_TRUE(std::isnan(out.low));
    EXPECT_TRUE(std::isnan(out.high));
    EXPECT_EQ(out.count, 1);
}

TEST(SeedStatistics, ASeedWithoutAValueCountsForNothing) {
    const Quantity out = over_seeds({1, std::nan(""), 3});
    EXPECT_DOUBLE_EQ(out.mean, 2);
    EXPECT_EQ(out.count, 2);
    EXPECT_EQ(out.values.size(), 3u) << "by seed, in the plan's order";
    EXPECT_TRUE(std::isnan(over_seeds({}).mean));
    EXPECT_EQ(over_seeds({}).count, 0);
}

TEST(SeedStatistics, PerplexityOfOneSeedHasTheIntervalOfItsWindows) {
    const GateOutcome only = outcome("dense", {1, 2, 3});
    const Quantity out = perplexity_quantity({&only});
    EXPECT_DOUBLE_EQ(out.mean, std::exp(2.0));
    EXPECT_DOUBLE_EQ(out.low, only.estimate.low);
    EXPECT_DOUBLE_EQ(out.high, only.estimate.high);
    EXPECT_EQ(out.over, "windows");
    EXPECT_EQ(out.count, 3);
}

TEST(SeedStatistics, PerplexityOfSeveralSeedsIsTheMeanOfPerplexities) {
    const GateOutcome one = outcome("dense", {1, 1}), two = outcome("dense", {2, 2});
    const Quantity out = perplexity_quantity({&one, nullptr, &two});
    EXPECT_NEAR(out.mean, (std::exp(1.0) + std::exp(2.0)) / 2, 1e-12);
    EXPECT_EQ(out.over, "seeds");
    EXPECT_EQ(out.count, 2) << "one is not there yet";
}

TEST(SeedStatistics, DifferencesArePairedBySeed) {
    // Seeds differ by much, gates by little: unpaired, the interval would hold zero.
    const GateOutcome a1 = outcome("a", {2.0, 2.0}), b1 = outcome("b", {1.9, 1.9});
    const GateOutcome a2 = outcome("a", {3.0, 3.0}), b2 = outcome("b", {2.89, 2.89});
    const GateOutcome a3 = outcome("a", {4.0, 4.0}), b3 = outcome("b", {3.91, 3.91});
    const Quantity out = nll_difference({&a1, &a2, &a3}, {&b1, &b2, &b3});
    EXPECT_NEAR(out.mean, 0.1, 1e-12);
    EXPECT_NEAR(out.deviation, 0.01, 1e-12);
    EXPECT_NEAR(out.low, 0.1 - 4.302653 * 0.01 / std::sqrt(3.0), 1e-8);
    EXPECT_GT(out.low, 0);
    EXPECT_EQ(out.over, "seeds");
}

TEST(SeedStatistics, OfOneSeedDifferencesArePairedByWindow) {
    const GateOutcome a = outcome("a", {2.0, 3.0, 4.0}), b = outcome("b", {1.8, 2.9, 3.7});
    const Quantity out = nll_difference({&a}, {&b});
    EXPECT_NEAR(out.mean, 0.2, 1e-12);
    EXPECT_EQ(out.over, "windows");
    EXPECT_EQ(out.count, 3);
    // Differences 0.2, 0.1, 0.3: deviation 0.1, and t of 2 degrees.
    EXPECT_NEAR(out.low, 0.2 - 4.302653 * 0.1 / std::sqrt(3.0), 1e-6);
    EXPECT_NEAR(out.high, 0.2 + 4.302653 * 0.1 / std::sqrt(3.0), 1e-6);
    EXPECT_TRUE(std::isnan(out.deviation)) << "that is over seeds";
}

TEST(SeedStatistics, NatsBecomePerplexityAtTheReference) {
    const GateOutcome a = outcome("a", {2.0, 3.0, 4.0}), b = outcome("b", {1.8, 2.9, 3.7});
    const Quantity nats = nll_difference({&a}, {&b}), out = perplexity_difference({&a}, {&b});
    EXPECT_NEAR(out.mean, a.estimate.perplexity - b.estimate.perplexity, 1e-12);
    EXPECT_NEAR(out.low, b.estimate.perplexity * (std::exp(nats.low) - 1), 1e-12);
    EXPECT_NEAR(out.high, b.estimate.perplexity * (std::exp(nats.high) - 1), 1e-12);
}

TEST(SeedStatistics, ASeedThatOneSideLacksIsNoPair) {
    const GateOutcome a = outcome("a", {2.0, 3.0}), b = outcome("b", {1.0, 2.5});
    const Quantity out = perplexity_difference({&a, &a}, {nullptr, &b});
    EXPECT_EQ(out.over, "windows");
    EXPECT_NEAR(out.mean, a.estimate.perplexity - b.estimate.perplexity, 1e-12);
    EXPECT_EQ(perplexity_difference({&a}, {nullptr}).count, 0);
}

TEST(SeedStatistics, OutcomesAreFoundByStepAndGate) {
    Outcomes outcomes;
    outcomes["dense-seed-0-measured"].gates = {outcome("dense", {1}), outcome("oracle:k=8", {2})};
    const GateOutcome* found = outcome_of(outcomes, "dense-seed-0-measured", "oracle:k=8");
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(found->window_nll, std::vector<double>{2});
    EXPECT_EQ(outcome_of(outcomes, "dense-seed-0-measured", "oracle:k=16"), nullptr);
    EXPECT_EQ(outcome_of(outcomes, "dense-seed-1-measured", "dense"), nullptr);
}

}  // namespace
}  // namespace gatescope
