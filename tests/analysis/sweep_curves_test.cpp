#include "analysis/sweep_curves.h"

#include <gtest/gtest.h>

#include <cmath>

namespace gatescope {
namespace {

RunResult run_of(const std::vector<std::string>& gates) {
    RunResult run;
    run.request.window_length = 512;
    for (const std::string& gate : gates) {
        GateResult result;
        result.gate = parse_gate(gate);
        result.agreement["f1"] = {1, 3, {0.25F, kNaN, 0.75F}};
        run.gates.push_back(std::move(result));
    }
    return run;
}

TEST(SweepCurves, PutTheBudgetsOfOneGateTogetherAscending) {
    const auto curves = sweep_curves(run_of({"oracle:k=64", "window:sinks=4,local=60", "dense", "oracle:k=8"}));
    ASSERT_EQ(curves.size(), 2U);
    EXPECT_EQ(curves[0].syntax, "oracle");
    EXPECT_EQ(curves[0].label, "Oracle top-k");
    ASSERT_EQ(curves[0].points.size(), 2U);
    EXPECT_EQ(curves[0].points[0].budget, 8);
    EXPECT_EQ(curves[0].points[0].gate, 3U);
    EXPECT_EQ(curves[0].points[1].budget, 64);
    EXPECT_EQ(curves[1].syntax, "window:sinks=4");
    EXPECT_EQ(curves[1].label, "Sliding window (sinks=4)");
    EXPECT_EQ(curves[1].points[0].budget, 64);
}

TEST(SweepCurves, TellGatesApartThatDifferInMoreThanTheBudget) {
    const auto curves = sweep_curves(run_of({"random:k=8", "random:k=16,seed=1", "random:k=16", "oracle:k=8@0-3",
                                             "oracle:k=8@0-4", "oracle:k=8@0-3+window:local=8@4"}));
    std::vector<std::string> found;
    for (const SweepCurve& curve : curves) found.push_back(curve.syntax);
    EXPECT_EQ(found,
              (std::vector<std::string>{"random", "random:seed=1", "oracle@0-3", "oracle@0-4", "oracle@0-3+window@4"}));
}

TEST(SweepCurves, CountABlockGatesKeysAndNoneOfAGateWithoutBudget) {
    const auto curves = sweep_curves(run_of({"block:b=16,n=4", "linear"}));
    EXPECT_EQ(curves[0].points[0].budget, 64);
    EXPECT_EQ(curves[1].points[0].budget, 0);
}

TEST(SweepCurves, OfRanksAreOrderedByRank) {
    const auto curves =
        sweep_curves(run_of({"kernel-rank:r=32", "kernel-random:r=4,seed=1", "kernel-rank:r=4", "linear"}));
    ASSERT_EQ(curves.size(), 3U);
    EXPECT_EQ(curves[0].syntax, "kernel-rank");
    EXPECT_EQ(curves[0].swept, Swept::kRank);
    EXPECT_EQ(curves[0].points[0].budget, 4);
    EXPECT_EQ(curves[0].points[1].budget, 32);
    EXPECT_EQ(curves[1].syntax, "kernel-random:seed=1");
    EXPECT_EQ(curves[2].swept, Swept::kNothing);
}

TEST(SweepCurves, AverageOverTheHeadsThatHaveAFigure) {
    const auto curves = sweep_curves(run_of({"oracle:k=8"}));
    EXPECT_DOUBLE_EQ(curves[0].points[0].f1, 0.5);
    EXPECT_TRUE(std::isnan(curves[0].points[0].captured_mass));
}

}  // namespace
}  // namespace gatescope
