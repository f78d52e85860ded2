#include "analysis/sweep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/core/error.h"
#include "tests/analysis/measurement_fixture.h"

namespace gatescope {
namespace {

using testing_support::TinyWorld;

SweepRequest request_of(const std::vector<std::string>& gates, const std::vector<std::int64_t>& budgets) {
    SweepRequest out;
    for (const std::string& gate : gates) out.gates.push_back(parse_gate(gate));
    out.budgets[Swept::kKeys] = budgets;
    out.window_length = 24;
    out.windows = 3;
    return out;
}

std::vector<std::string> names(const std::vector<GateSpec>& gates) {
    std::vector<std::string> out;
    for (const GateSpec& gate : gates) out.push_back(print_gate(gate));
    return out;
}

std::vector<std::string> measured(const RunResult& run) {
    std::vector<std::string> out;
    for (const GateResult& result : run.gates) out.push_back(print_gate(result.gate));
    return out;
}

class SweepTest : public testing::Test {
  protected:
    std::unique_ptr<Sweep> sweep(const SweepRequest& request, std::shared_ptr<const RunResult> earlier = nullptr) {
        return std::make_unique<Sweep>(*world_.model, sweep_run(request), world_.summary, world_.text,
                                       std::move(earlier));
    }
    std::shared_ptr<const RunResult> finished(Sweep& sweep) {
        while (sweep.step(world_.job)) {
        }
        return sweep.result();
    }
    TinyWorld world_;
};

TEST(SweepPoints, AreEveryGateAtEveryBudgetAndNoneTwice) {
    const auto points = sweep_points(
        request_of({"oracle:k=64", "window:sinks=2,local=3", "block:b=8,n=1", "linear", "dense"}, {4, 8, 16, 8}));
    EXPECT_EQ(names(points),
              (std::vector<std::string>{"oracle:k=4", "oracle:k=8", "oracle:k=16", "window:sinks=2,local=2",
                                        "window:sinks=2,local=6", "window:sinks=2,local=14", "block:b=8,n=1",
                                        "block:b=8,n=2", "linear"}));
}

TEST(SweepPoints, AreRefusedWhereABudgetHasNoRoomForTheForcedKeys) {
    try {
        sweep_points(request_of({"oracle:k=64,sinks=4"}, {16, 3}));
        FAIL();
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.kind(), FailureKind::kUsage);
        EXPECT_THAT(failure.what(), testing::HasSubstr("k = 3"));
    }
    EXPECT_THROW(sweep_points(request_of({"oracle:k=64"}, {})), Failure);
    EXPECT_THROW(sweep_points(request_of({"dense"}, {8})), Failure);
    EXPECT_NO_THROW(sweep_points(request_of({"linear"}, {})));
}

TEST(SweepPoints, TakeTheListOfWhatIsSweptOfEachGate) {
    SweepRequest request = request_of({"oracle:k=64", "linear"}, {8});
    request.gates.push_back(parse_swept_gate("kernel-rank"));
    try {
        sweep_points(request);
        FAIL();
    } catch (const Failure& failure) {
        EXPECT_THAT(failure.what(), testing::HasSubstr("has no rank to be swept over"));
    }
    request.budgets[Swept::kRank] = {2, 4};
    EXPECT_EQ(names(sweep_points(request)),
              (std::vector<std::string>{"oracle:k=8", "linear", "kernel-rank:r=2", "kernel-rank:r=4"}));
    request.gates.push_back(parse_gate("oracle:k=8@0+kernel-rank:r=2@1"));
    EXPECT_THROW(sweep_points(request), Failure) << "over two things at once";
}

TEST_F(SweepTest, MeasuresWhatARunUnderEachGateMeasures) {
    const auto swept = sweep(request_of({"oracle:k=64", "random:k=64"}, {4, 8}));
    const auto run = finished(*swept);
    EXPECT_TRUE(run->complete);
    EXPECT_EQ(swept->done(), swept->total());
    RunRequest plain = world_.request({"oracle:k=4", "oracle:k=8", "random:k=4", "random:k=8"});
    plain.windows = 3;
    plain.concentration = false;  // the same path through dense attention
    const auto direct = world_.finished(plain);
    ASSERT_EQ(measured(*run), measured(*direct));
    EXPECT_EQ(run->dense.estimate.nll, direct->dense.estimate.nll);
    for (std::size_t n = 0; n < run->gates.size(); ++n) {
        EXPECT_EQ(run->gates[n].perplexity.estimate.nll, direct->gates[n].perplexity.estimate.nll);
        EXPECT_EQ(run->gates[n].from_dense.standard_error, direct->gates[n].from_dense.standard_error);
        EXPECT_EQ(run->gates[n].sparsity, direct->gates[n].sparsity);
        EXPECT_EQ(run->gates[n].agreement.at("f1").values, direct->gates[n].agreement.at("f1").values);
    }
}

TEST_F(SweepTest, ShowsWholePointsAloneAndGoesOnFromThem) {
    const SweepRequest request = request_of({"oracle:k=64"}, {2, 4, 8});
    const auto whole = finished(*sweep(request));
    const auto first = sweep(request);
    while (first->points_done() < 1) first->step(world_.job);
    first->step(world_.job);  // a window of the next, which is lost
    const auto earlier = first->result();
    EXPECT_FALSE(earlier->complete);
    EXPECT_EQ(measured(*earlier), (std::vector<std::string>{"oracle:k=2"}));

    const auto second = sweep(request, earlier);
    EXPECT_EQ(second->total(), 2 * 3);  // dense and the first point are there
    const auto run = finished(*second);
    EXPECT_TRUE(run->complete);
    ASSERT_EQ(measured(*run), measured(*whole));
    for (std::size_t n = 0; n < run->gates.size(); ++n) {
        EXPECT_EQ(run->gates[n].perplexity.estimate.nll, whole->gates[n].perplexity.estimate.nll);
        EXPECT_EQ(run->gates[n].from_dense.nll, whole->gates[n].from_dense.nll);
    }
}

TEST_F(SweepTest, TakesMoreGatesAndKeepsPointsThatAreNotAskedForAgain) {
    const auto earlier = finished(*sweep(request_of({"oracle:k=64"}, {2, 4})));
    const auto run = finished(*sweep(request_of({"uniform:k=4", "oracle:k=4"}, {4}), earlier));
    EXPECT_TRUE(run->complete);
    EXPECT_EQ(measured(*run), (std::vector<std::string>{"uniform:k=4", "oracle:k=4", "oracle:k=2"}));
    EXPECT_EQ(names(run->request.gates), measured(*run));
}

TEST_F(SweepTest, ACancelledWindowCountsNowhere) {
    const auto swept = sweep(request_of({"oracle:k=64"}, {2}));
    JobContext cancelled;
    cancelled.cancel();
    EXPECT_THROW(swept->step(cancelled), Cancelled);
    EXPECT_EQ(swept->done(), 0);
    EXPECT_TRUE(finished(*swept)->complete);
}

TEST_F(SweepTest, IsRefusedBeforeTheFirstWindowWhereAFileIsMissing) {
    EXPECT_THROW(sweep(request_of({"learned:k=8,file=nowhere.safetensors"}, {8})), Failure);
    EXPECT_THROW(sweep(request_of({"oracle:k=8@9"}, {8})), Failure);
}

}  // namespace
}  // namespace gatescope
