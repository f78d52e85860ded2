#include "analysis/sensitivity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "model/core/error.h"
#include "tests/analysis/measurement_fixture.h"

namespace gatescope {
namespace {

using testing::ElementsAre;
using testing_support::TinyWorld;

SensitivityRequest request_of(const std::string& gate, const std::vector<std::int64_t>& budgets, double mean) {
    SensitivityRequest out;
    out.gate = parse_gate(gate).terms.front();
    out.budgets = budgets;
    out.mean_budget = mean;
    out.windows = 2;
    out.window_length = 24;
    return out;
}

class SensitivityTest : public testing::Test {
  protected:
    std::unique_ptr<Sensitivity> begin(const SensitivityRequest& request,
                                       std::shared_ptr<const SensitivityResult> earlier = nullptr) {
        return std::make_unique<Sensitivity>(*world_.model, request, world_.text, std::move(earlier));
    }
    std::shared_ptr<const SensitivityResult> finished(Sensitivity& map) {
        while (map.step(world_.job)) {
        }
        return map.result();
    }
    // What a plain run under the gate says, from layer 0 on.
    PairedDifference plain(const std::string& gate) {
        RunRequest request = world_.request({gate});
        request.windows = 2;
        request.concentration = request.agreement = false;
        return world_.finished(request)->gates.front().from_dense;
    }
    TinyWorld world_;
};

void expect_same(const std::vector<SensitivityPoint>& a, const std::vector<SensitivityPoint>& b) {
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t n = 0; n < a.size(); ++n) {
        EXPECT_EQ(a[n].nll, b[n].nll) << n;
        EXPECT_EQ(a[n].standard_error, b[n].standard_error) << n;
    }
}

TEST_F(SensitivityTest, ALayerCostsWhatARunWithTheGateOnItAloneCosts) {
    const auto map = begin(request_of("oracle:k=1", {4, 2}, 2));
    const auto result = finished(*map);
    EXPECT_EQ(map->done(), map->total());
    EXPECT_EQ(result->done, result->total);
    EXPECT_THAT(result->request.budgets, ElementsAre(2, 4));
    for (std::int64_t layer = 0; layer < 3; ++layer) {
        const PairedDifference direct = plain("oracle:k=4@" + std::to_string(layer));
        EXPECT_EQ(result->layer_at(1, layer).nll, direct.nll);
        EXPECT_EQ(result->layer_at(1, layer).standard_error, direct.standard_error);
    }
    EXPECT_TRUE(result->head_cost.empty());
}

TEST_F(SensitivityTest, AHeadCostsWhatARunWithTheGateOnItAloneCosts) {
    SensitivityRequest request = request_of("oracle:k=1", {2}, 2);
    request.each_head = true;
    request.head_budget = 3;
    const auto result = finished(*begin(request));
    ASSERT_EQ(std::ssize(result->head_cost), 3 * result->n_heads);
    EXPECT_EQ(result->head_cost[static_cast<std::size_t>(2 * result->n_heads + 1)].nll, plain("oracle:k=3@2/1").nll);
}

TEST_F(SensitivityTest, MeasuresTheProposalBesideEqualBudgets) {
    const auto result = finished(*begin(request_of("oracle:k=1", {2, 4, 8}, 4)));
    ASSERT_TRUE(result->proposal);
    const BudgetProposal& proposal = *result->proposal;
    EXPECT_EQ(proposal.budgets.size(), 3U);
    EXPECT_LE(proposal.predicted, proposal.predicted_equal);
    EXPECT_EQ(print_gate(proposal.equal), "oracle:k=4");
    EXPECT_EQ(proposal.measured.nll, plain(print_gate(proposal.gate)).nll);
    EXPECT_EQ(proposal.measured_equal.nll, plain("oracle:k=4").nll);
}

TEST_F(SensitivityTest, GoesOnFromAnEarlierMapToTheSameNumbers) {
    const SensitivityRequest request = request_of("random:k=1,seed=3", {2, 4}, 3);
    const auto whole = finished(*begin(request));
    const auto first = begin(request);
    while (first->points_done() < 3) first->step(world_.job);
    const auto earlier = first->result();
    EXPECT_EQ(earlier->done, 3);
    EXPECT_TRUE(std::isnan(earlier->layer_at(1, 2).nll));
    EXPECT_FALSE(earlier->proposal);

    const auto second = begin(request, earlier);
    EXPECT_EQ(second->points_done(), 3);
    EXPECT_EQ(second->total(), 2 * (1 + whole->total - 3));
    const auto result = finished(*second);
    expect_same(result->layer_cost, whole->layer_cost);
    EXPECT_EQ(result->proposal->measured.nll, whole->proposal->measured.nll);
}

TEST_F(SensitivityTest, KeepsThePointsOfOtherBudgetsAndNothingOfAnotherGate) {
    const auto earlier = finished(*begin(request_of("oracle:k=1", {2, 4}, 3)));
    const auto more = begin(request_of("oracle:k=7", {4, 8, 2}, 3), earlier);
    EXPECT_EQ(more->points_done(), 6);
    EXPECT_EQ(finished(*begin(request_of("oracle:k=1", {4}, 4), earlier))->request.budgets, earlier->request.budgets);
    EXPECT_EQ(begin(request_of("uniform:k=1", {2, 4}, 3), earlier)->points_done(), 0);
    EXPECT_EQ(begin(request_of("oracle:k=1,sinks=1", {2, 4}, 3), earlier)->points_done(), 0);
    SensitivityRequest longer = request_of("oracle:k=1", {2, 4}, 3);
    longer.windows = 3;
    EXPECT_EQ(begin(longer, earlier)->points_done(), 0);
    EXPECT_EQ(begin(request_of("oracle:k=1", {2, 4}, 3), earlier)->points_done(), earlier->total);
}

TEST_F(SensitivityTest, KeepsTheHeadsOfAnEarlierMap) {
    SensitivityRequest request = request_of("oracle:k=1", {2}, 2);
    request.each_head = true;
    request.head_budget = 3;
    const auto earlier = finished(*begin(request));
    expect_same(finished(*begin(request_of("oracle:k=1", {4}, 4), earlier))->head_cost, earlier->head_cost);
}

TEST_F(SensitivityTest, ACancelledWindowCountsNowhere) {
    const auto map = begin(request_of("oracle:k=1", {2}, 2));
    JobContext cancelled;
    cancelled.cancel();
    EXPECT_THROW(map->step(cancelled), Cancelled);
    EXPECT_EQ(map->done(), 0);
    EXPECT_EQ(finished(*map)->done, map->result()->total);
}

TEST_F(SensitivityTest, TakesBudgetsAsTheGateCanHaveThem) {
    const SensitivityRequest request = checked_sensitivity(request_of("block:b=8,n=1", {4, 8, 20}, 16));
    EXPECT_THAT(request.budgets, ElementsAre(8, 16));
}

TEST_F(SensitivityTest, VariesTheRankOfAGateThatHasOne) {
    const auto result = finished(*begin(request_of("kernel-random:r=9,seed=2", {4, 1}, 2)));
    EXPECT_THAT(result->request.budgets, ElementsAre(1, 4));
    EXPECT_EQ(result->layer_at(1, 2).nll, plain("kernel-random:r=4,seed=2@2").nll);
    ASSERT_TRUE(result->proposal);
    EXPECT_EQ(print_gate(result->proposal->equal), "kernel-random:r=2,seed=2");
    const auto more = begin(request_of("kernel-random:r=1,seed=2", {1, 2, 4}, 2), result);
    EXPECT_GE(more->points_done(), 6) << "what is there of the rank is not measured again";
    EXPECT_EQ(begin(request_of("kernel-rank:r=1", {1, 4}, 2), result)->points_done(), 0);
}

TEST_F(SensitivityTest, IsRefusedBeforeTheFirstWindow) {
    EXPECT_THROW(begin(request_of("linear", {2}, 2)), Failure);
    EXPECT_THROW(begin(request_of("oracle:k=1", {}, 2)), Failure);
    EXPECT_THROW(begin(request_of("oracle:k=1", {4, 8}, 3)), Failure);
    EXPECT_THROW(begin(request_of("oracle:k=9,sinks=4", {2, 8}, 8)), Failure);
}

}  // namespace
}  // namespace gatescope
