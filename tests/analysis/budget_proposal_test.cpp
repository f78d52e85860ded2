#include "analysis/budget_proposal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

namespace gatescope {
namespace {

using testing::DoubleEq;
using testing::ElementsAre;

double keys_of(const BudgetProblem& problem, const std::vector<std::size_t>& index) {
    double out = 0;
    for (const std::size_t k : index) out += static_cast<double>(problem.budgets[k]);
    return out;
}

double cost_of(const BudgetProblem& problem, const std::vector<std::size_t>& index) {
    double out = 0;
    for (std::size_t layer = 0; layer < index.size(); ++layer) out += problem.cost[layer][index[layer]];
    return out;
}

// The least cost of all choices within the budget.
double least_cost(const BudgetProblem& problem) {
    std::vector<std::size_t> index(problem.cost.size(), 0);
    double best = std::numeric_limits<double>::infinity();
    for (;;) {
        if (keys_of(problem, index) <= problem.mean * static_cast<double>(index.size()))
            best = std::min(best, cost_of(problem, index));
        std::size_t layer = 0;
        while (layer < index.size() && ++index[layer] == problem.budgets.size()) index[layer++] = 0;
        if (layer == index.size()) return best;
    }
}

// Costs that fall with k; `convex`: ever more slowly for each key.
BudgetProblem random_problem(std::mt19937& random, std::vector<std::int64_t> grid, bool convex) {
    BudgetProblem out{std::move(grid), {}, 0};
    std::uniform_real_distribution<double> uniform(0, 1);
    for (int layer = 0; layer < 4; ++layer) {
        std::vector<double> slopes(out.budgets.size() - 1);
        for (double& slope : slopes) slope = uniform(random);
        if (convex) std::sort(slopes.rbegin(), slopes.rend());
        std::vector<double> cost = {4.0};
        for (std::size_t k = 1; k < out.budgets.size(); ++k)
            cost.push_back(cost.back() - slopes[k - 1] * static_cast<double>(out.budgets[k] - out.budgets[k - 1]));
        out.cost.push_back(std::move(cost));
    }
    out.mean = static_cast<double>(out.budgets[random() % out.budgets.size()]) + (random() % 2 == 0 ? 0.0 : 1.5);
    return out;
}

TEST(SpreadBudget, IsTheBestThereIsWhereStepsAreEqualAndCostsConvex) {
    std::mt19937 random(3);
    for (int trial = 0; trial < 300; ++trial) {
        const BudgetProblem problem = random_problem(random, {2, 4, 6, 8, 10}, true);
        const BudgetChoice choice = spread_budget(problem);
        EXPECT_NEAR(choice.cost, least_cost(problem), 1e-9) << trial;
        EXPECT_NEAR(choice.cost, cost_of(problem, choice.index), 1e-9);
    }
}

// What the walk leaves to the best choice is less than one step's worth: it takes the steepest edges of the hull first.
TEST(SpreadBudget, IsWithinBudgetAndLessThanAStepFromTheBestThereIs) {
    std::mt19937 random(4);
    for (int trial = 0; trial < 300; ++trial) {
        const BudgetProblem problem = random_problem(random, {4, 8, 16, 32}, trial % 2 == 0);
        const BudgetChoice choice = spread_budget(problem);
        double step = 0;
        for (const auto& cost : problem.cost) step = std::max(step, cost.front() - cost.back());
        EXPECT_LE(keys_of(problem, choice.index), problem.mean * 4) << trial;
        EXPECT_GE(choice.cost, least_cost(problem) - 1e-9);
        EXPECT_LE(choice.cost, least_cost(problem) + step);
    }
}

TEST(SpreadBudget, IsNeverDearerThanEqualBudgets) {
    std::mt19937 random(5);
    for (int trial = 0; trial < 300; ++trial) {
        BudgetProblem problem = random_problem(random, {4, 8, 16, 32}, trial % 2 == 0);
        const std::size_t equal = random() % problem.budgets.size();
        problem.mean = static_cast<double>(problem.budgets[equal]);
        EXPECT_LE(spread_budget(problem).cost, cost_of(problem, {equal, equal, equal, equal})) << trial;
    }
}

TEST(SpreadBudget, LooksPastAFlatStretchAndSpendsNothingInVain) {
    const BudgetProblem problem{{1, 2, 3}, {{1, 1, 0}, {0, 0, 0}}, 2};
    EXPECT_THAT(spread_budget(problem).index, ElementsAre(2U, 0U));
}

TEST(FallingCosts, PoolWhatNoiseHasTurnedRound) {
    EXPECT_THAT(falling_costs({3, 2, 1}), ElementsAre(3, 2, 1));
    EXPECT_THAT(falling_costs({3, 1, 2, 0}), ElementsAre(3, 1.5, 1.5, 0));
    EXPECT_THAT(falling_costs({0, 1, 2}), ElementsAre(DoubleEq(1), DoubleEq(1), DoubleEq(1)));
}

GateTerm term_of(const std::string& gate) {
    return parse_gate(gate).terms.front();
}

TEST(GateOfBudgets, JoinsLayersOfEqualBudgetAndReadsAsACommandLine) {
    const GateSpec gate = gate_of_budgets(term_of("oracle:k=1@3/2"), {16, 16, 64, 16, 64, 64});
    EXPECT_EQ(print_gate(gate), "oracle:k=16@0-1,3+oracle:k=64@2,4-5");
    EXPECT_EQ(print_gate(parse_gate(print_gate(gate))), print_gate(gate));
    EXPECT_EQ(print_gate(gate_of_budgets(term_of("window:sinks=2,local=2"), {8, 8})), "window:sinks=2,local=6");
}

TEST(ProposeBudget, PredictsBothBySumsOfTheFallingCosts) {
    SensitivityResult map;
    map.request.gate = term_of("oracle:k=8");
    map.request.budgets = {8, 16, 32};
    map.request.mean_budget = 16;
    map.n_layers = 3;
    map.layer_cost = {{0.9, 0}, {0.1, 0}, {0.2, 0}, {0.5, 0}, {0.1, 0}, {0.1, 0}, {0.1, 0}, {0.1, 0}, {0.1, 0}};
    const BudgetProposal proposal = propose_budget(map);
    EXPECT_THAT(proposal.budgets, ElementsAre(32, 8, 8));
    EXPECT_NEAR(proposal.predicted, 0.1 + 0.1 + 0.2, 1e-12);
    EXPECT_NEAR(proposal.predicted_equal, 0.5 + 0.1 + 0.1, 1e-12);
    EXPECT_EQ(print_gate(proposal.equal), "oracle:k=16");
    EXPECT_TRUE(std::isnan(proposal.measured.nll));
    map.request.mean_budget = 20;
    EXPECT_NEAR(propose_budget(map).predicted_equal, 0.7 - 0.25 * 0.4, 1e-12);  // on the line from 16 to 32
    EXPECT_EQ(print_gate(propose_budget(map).equal), "oracle:k=20");
    map.request.mean_budget = 8;
    EXPECT_NEAR(propose_budget(map).predicted_equal, 1.2, 1e-12);
    map.request.mean_budget = 100;
    EXPECT_NEAR(propose_budget(map).predicted_equal, 0.3, 1e-12);
}

}  // namespace
}  // namespace gatescope
