#include "analysis/kept_rank.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace gatescope {
namespace {

using testing::ElementsAre;

const double kAlmost = -std::log(0.991), kJustNot = -std::log(0.989);

TEST(KeptBudget, IsTheLeastFromWhichOnAllKeepEnough) {
    EXPECT_EQ(kept_budget(std::vector<BudgetCost>{{4, 2}, {8, kJustNot}, {16, kAlmost}, {32, 0}}), 16);
    EXPECT_EQ(kept_budget(std::vector<BudgetCost>{{4, 0}, {8, -0.1}}), 4) << "better than dense is enough";
    EXPECT_EQ(kept_budget(std::vector<BudgetCost>{{4, kAlmost}, {8, kJustNot}, {16, kAlmost}}), 16) << "4 was luck";
}

TEST(KeptBudget, IsNoneWhereTheLargestKeepsTooLittleOrNothingIsKnown) {
    EXPECT_EQ(kept_budget(std::vector<BudgetCost>{{4, 0}, {8, kJustNot}}), std::nullopt);
    EXPECT_EQ(kept_budget(std::vector<BudgetCost>{}), std::nullopt);
    EXPECT_EQ(kept_budget(std::vector<BudgetCost>{{4, 0}, {8, NAN}}), std::nullopt);
    EXPECT_EQ(kept_budget(std::vector<BudgetCost>{{4, 0}, {8, NAN}, {16, 0}}), 16);
}

TEST(KeptBudget, IsThatOfASweepsCurveUnlessNothingIsSwept) {
    SweepCurve curve;
    curve.points.resize(2);
    curve.points[0].budget = 8, curve.points[0].from_dense.nll = 1;
    curve.points[1].budget = 16, curve.points[1].from_dense.nll = 0;
    EXPECT_EQ(kept_budget(curve), std::nullopt);
    curve.swept = Swept::kRank;
    EXPECT_EQ(kept_budget(curve), 16);
}

TEST(KeptBudget, IsEachLayersOwn) {
    SensitivityResult map;
    map.request.budgets = {2, 4};
    map.n_layers = 3;
    map.layer_cost = {{0, 0}, {1, 0}, {1, 0}, {0, 0}, {0.001, 0}, {1, 0}};
    EXPECT_THAT(kept_budgets(map), ElementsAre(2, 4, std::nullopt));
}

}  // namespace
}  // namespace gatescope
