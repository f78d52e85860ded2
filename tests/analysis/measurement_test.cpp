#include "analysis/measurement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "model/core/error.h"
#include "tests/analysis/measurement_fixture.h"
#include "tests/support/forwarding_transformer.h"

namespace gatescope {
namespace {

using testing_support::TinyWorld;

// The model, but the job is cancelled or the losses spoilt at a chosen point.
class Meddled final : public testing_support::ForwardingTransformer {
  public:
    using ForwardingTransformer::ForwardingTransformer;
    at::Tensor forward(const ForwardRequest& request, JobContext& job) override {
        ++forwards;
        return ForwardingTransformer::forward(request, job);
    }
    std::vector<float> token_nll(const at::Tensor& hidden_TD, std::span<const std::int32_t> ids,
                                 JobContext& job) override {
        if (forwards == cancel_after_forward) job.cancel();
        std::vector<float> out = ForwardingTransformer::token_nll(hidden_TD, ids, job);
        if (forwards == spoil_forward) out.back() = kNaN;
        return out;
    }

    int forwards = 0, cancel_after_forward = 0, spoil_forward = 0;
};

void expect_equal_grids(const std::map<std::string, HeadGrid>& a, const std::map<std::string, HeadGrid>& b) {
    ASSERT_EQ(a.size(), b.size());
    for (const auto& [id, grid] : a)
        EXPECT_THAT(b.at(id).values, testing::Pointwise(testing::NanSensitiveFloatEq(), grid.values)) << id;
}

void expect_same_losses(const PerplexityResult& a, const PerplexityResult& b) {
    ASSERT_EQ(a.token_nll.size(), b.token_nll.size());
    for (std::size_t n = 0; n < a.token_nll.size(); ++n)
        EXPECT_THAT(a.token_nll[n], testing::Pointwise(testing::NanSensitiveFloatEq(), b.token_nll[n])) << n;
}

TEST(Measurement, ARunHoldsEveryWindowOfEveryPass) {
    TinyWorld world;
    const auto run = world.finished(world.request({"oracle:k=4", "uniform:k=4"}));
    EXPECT_TRUE(run->complete);
    EXPECT_EQ(run->windows_done, 4);
    EXPECT_EQ(run->dense.estimate.tokens, 3 * 23 + 8);
    EXPECT_TRUE(std::isnan(run->dense.token_nll[0][0]));
    ASSERT_EQ(run->gates.size(), 2u);
    EXPECT_EQ(run->gates[1].perplexity.token_nll.size(), 4u);
    EXPECT_EQ(run->gates[0].from_dense.windows, 4);
    EXPECT_DOUBLE_EQ(run->gates[0].sparsity, (3 * (1 - 4 / 24.0) + (1 - 4 / 9.0)) / 4);
    EXPECT_EQ(run->device, "cpu");
    EXPECT_EQ(run->dtype, "float32");
    EXPECT_EQ(run->created.size(), 20u);
}

TEST(Measurement, TheDenseGateIsTheDenseRun) {
    TinyWorld world;
    const auto run = world.finished(world.request({"dense"}));
    expect_same_losses(run->gates[0].perplexity, run->dense);
    EXPECT_EQ(run->gates[0].from_dense.nll, 0.0);
    EXPECT_EQ(run->gates[0].sparsity, 0.0);
}

TEST(Measurement, AGateWithEnoughKeysIsTheDenseRun) {
    TinyWorld world;
    const auto run = world.finished(world.request({"oracle:k=24"}));
    for (std::size_t n = 0; n < 4; ++n)
        EXPECT_THAT(run->gates[0].perplexity.token_nll[n],
                    testing::Pointwise(testing::NanSensitiveFloatNear(1e-5f), run->dense.token_nll[n]));
}

TEST(Measurement, PassesAreInterleaved) {
    TinyWorld world;
    auto measurement = world.measurement(world.request({"oracle:k=4", "window:local=3"}));
    std::vector<std::vector<std::size_t>> seen;
    while (measurement->step(world.job)) {
        const auto run = measurement->result();
        seen.push_back({run->dense.token_nll.size(), run->gates[0].perplexity.token_nll.size(),
                        run->gates[1].perplexity.token_nll.size()});
    }
    EXPECT_THAT(seen, testing::ElementsAre(
                          testing::ElementsAre(1, 0, 0), testing::ElementsAre(1, 1, 0), testing::ElementsAre(1, 1, 1),
                          testing::ElementsAre(2, 1, 1), testing::ElementsAre(2, 2, 1), testing::ElementsAre(2, 2, 2),
                          testing::ElementsAre(3, 2, 2), testing::ElementsAre(3, 3, 2), testing::ElementsAre(3, 3, 3),
                          testing::ElementsAre(4, 3, 3), testing::ElementsAre(4, 4, 3)));
    EXPECT_EQ(measurement->done(), measurement->total());
}

TEST(Measurement, ResultsDoNotDependOnWhatElseRuns) {
    TinyWorld world;
    const auto together = world.finished(world.request({"oracle:k=4", "uniform:k=4,seed=3", "strided:k=4"}));
    const auto alone = world.finished(world.request({"uniform:k=4,seed=3"}));
    expect_same_losses(together->gates[1].perplexity, alone->gates[0].perplexity);
    expect_equal_grids(together->gates[1].agreement, alone->gates[0].agreement);
    expect_equal_grids(together->concentration->figures, alone->concentration->figures);
}

TEST(Measurement, GatesThatStayKeepTheirWindows) {
    TinyWorld world;
    auto measurement = world.measurement(world.request({"oracle:k=4"}));
    for (int n = 0; n < 4; ++n) measurement->step(world.job);
    measurement->set_gates({parse_gate("window:local=3"), parse_gate("oracle:k=4")});
    const auto run = measurement->result();
    ASSERT_EQ(run->gates.size(), 2u);
    EXPECT_EQ(run->gates[0].perplexity.token_nll.size(), 0u);
    EXPECT_EQ(run->gates[1].perplexity.token_nll.size(), 2u);
    EXPECT_EQ(run->request.gates.size(), 2u);
    measurement->step(world.job);
    EXPECT_EQ(measurement->result()->gates[0].perplexity.token_nll.size(), 1u) << "the new gate catches up first";
    while (measurement->step(world.job)) continue;
    const auto fresh = world.finished(world.request({"window:local=3", "oracle:k=4"}));
    expect_same_losses(measurement->result()->gates[0].perplexity, fresh->gates[0].perplexity);
}

TEST(Measurement, AResultIsANewOneOnlyWhereSomethingChanged) {
    TinyWorld world;
    auto measurement = world.measurement(world.request());
    const auto first = measurement->result();
    EXPECT_EQ(measurement->result(), first);
    measurement->step(world.job);
    const auto second = measurement->result();
    EXPECT_LT(first->id, second->id);
    measurement->set_gates({parse_gate("oracle:k=4")});
    EXPECT_LT(second->id, measurement->result()->id);
}

TEST(Measurement, TheSameGateTwiceIsMeasuredOnce) {
    TinyWorld world;
    EXPECT_EQ(world.finished(world.request({"oracle:k=4", "oracle:sinks=0,k=4"}))->gates.size(), 1u);
}

TEST(Measurement, AWindowCancelledAfterItsLastLayerCountsNowhere) {
    TinyWorld world;
    Meddled model(*world.model);
    RunRequest request = world.request({"oracle:k=4"});
    request.spectra.activations = true;
    Measurement measurement(model, request, world.summary, world.text);
    measurement.step(world.job);
    measurement.step(world.job);
    const auto before = measurement.result();
    model.cancel_after_forward = 3;
    JobContext stopped;
    EXPECT_THROW(measurement.step(stopped), Cancelled);
    const auto after = measurement.result();
    EXPECT_EQ(after->windows_done, 1);
    expect_equal_grids(after->concentration->figures, before->concentration->figures);
    EXPECT_EQ(after->spectra, before->spectra);
    while (measurement.step(world.job)) continue;
    const auto whole = world.finished(request);
    expect_same_losses(measurement.result()->dense, whole->dense);
    expect_equal_grids(measurement.result()->concentration->figures, whole->concentration->figures);
    expect_equal_grids(measurement.result()->gates[0].agreement, whole->gates[0].agreement);
    EXPECT_EQ(measurement.result()->gates[0].sparsity, whole->gates[0].sparsity);
    const ActivationSpectra &got = *measurement.result()->spectra->activations, &want = *whole->spectra->activations;
    EXPECT_EQ(got.routing_fraction.values, want.routing_fraction.values);
    EXPECT_EQ(got.skew.values.values, want.skew.values.values);
}

TEST(Measurement, PatternsThatMemoryHasNoRoomForAreRefusedBeforeTheFirstWindow) {
    TinyWorld world;
    auto text = std::make_shared<TextWindows>();
    text->windows = {std::vector<std::int32_t>(std::size_t{1} << 22, 1)};  // 800 TB for 12 heads
    RunRequest request = world.request();
    request.patterns = true;
    try {
        const Measurement measurement(*world.model, request, world.summary, text);
        FAIL() << "took them";
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.kind(), FailureKind::kResource) << failure.what();
    }
}

TEST(Measure, CancelledAfterAWindowGivesWhatIsWhole) {
    TinyWorld world;
    Meddled model(*world.model);
    model.cancel_after_forward = 2;
    JobContext job;
    const auto run = measure(model, world.request(), world.summary, world.text, job);
    EXPECT_FALSE(run->complete);
    EXPECT_EQ(run->windows_done, 1);
    EXPECT_EQ(run->dense.token_nll.size(), 1U);
}

TEST(Measure, AFailureLeavesWhatIsWhole) {
    TinyWorld world;
    Meddled model(*world.model);
    model.spoil_forward = 3;
    Measurement measurement(model, world.request(), world.summary, world.text);
    EXPECT_THROW(run_to_end(measurement, world.job), Failure);
    EXPECT_EQ(measurement.result()->windows_done, 2);
}

TEST(Measure, CancelledBeforeTheFirstWindowThrows) {
    TinyWorld world;
    JobContext job;
    job.cancel();
    EXPECT_THROW(measure(*world.model, world.request(), world.summary, world.text, job), Cancelled);
}

TEST(Measure, LossesThatAreNotNumbersNameTheWindow) {
    TinyWorld world;
    Meddled model(*world.model);
    model.spoil_forward = 2;
    try {
        (void)measure(model, world.request(), world.summary, world.text, world.job);
        FAIL() << "accepted";
    } catch (const Failure& failure) {
        EXPECT_THAT(failure.what(), testing::HasSubstr("window 1: the model's output is not finite"));
    }
}

TEST(Measurement, OnlyAnalysedHeadsAreInTheArrays) {
    TinyWorld world;
    RunRequest request = world.request({"oracle:k=4"});
    const auto whole = world.finished(request);
    request.layers = IndexSet({1, 2});
    request.heads = IndexSet({3});
    request.masks = true;
    const auto part = world.finished(request);
    EXPECT_EQ(part->concentration->figures.at("entropy").n_layers, 2);
    EXPECT_EQ(part->concentration->figures.at("entropy").n_heads, 1);
    EXPECT_FLOAT_EQ(part->concentration->figures.at("entropy").at(1, 0),
                    whole->concentration->figures.at("entropy").at(2, 3));
    EXPECT_FLOAT_EQ(part->gates[0].agreement.at("f1").at(0, 0), whole->gates[0].agreement.at("f1").at(1, 3));
    EXPECT_EQ(part->gates[0].masks->layers, 2);
    EXPECT_EQ(part->gates[0].masks->slots, 4);
    EXPECT_EQ(part->gates[0].sparsity, whole->gates[0].sparsity) << "all gated heads, analysed or not";
}

TEST(Measurement, WhatIsNotAskedForIsNotThere) {
    TinyWorld world;
    RunRequest request = world.request({"oracle:k=4"});
    request.concentration = request.agreement = false;
    const auto run = world.finished(request);
    EXPECT_FALSE(run->concentration);
    EXPECT_TRUE(run->gates[0].agreement.empty());
    EXPECT_EQ(run->gates[0].masks, nullptr);
    EXPECT_TRUE(run->patterns.empty());
    EXPECT_FALSE(std::isnan(run->gates[0].sparsity));
}

TEST(Measurement, PatternsAndInductionComeOnDemand) {
    TinyWorld world;
    RunRequest request = world.request();
    request.patterns = request.induction = true;
    request.windows = 2;
    request.seed = 5;
    const auto run = world.finished(request);
    ASSERT_EQ(run->patterns.size(), 2u);
    EXPECT_EQ(run->patterns[1]->window, 1);
    EXPECT_EQ(run->patterns[0]->probabilities.size(), 3u * 4u * 24u * 24u);
    EXPECT_EQ(run->concentration->induction_ids.size(), 24u);
    EXPECT_TRUE(run->concentration->figures.contains("induction_score"));
    EXPECT_TRUE(run->concentration->figures.contains("duplicate_score"));
}

TEST(Measurement, BadRequestsAreRefusedBeforeAnythingRuns) {
    TinyWorld world;
    const auto refuse = [&](RunRequest request, const std::string& word) {
        try {
            (void)world.measurement(request);
            ADD_FAILURE() << word << " was accepted";
        } catch (const Failure& failure) {
            EXPECT_THAT(failure.what(), testing::HasSubstr(word));
        }
    };
    RunRequest request = world.request();
    request.window_length = 1;
    refuse(request, "T = 1 is too short");
    request = world.request();
    request.windows = -1;
    refuse(request, "-1 windows");
    request = world.request();
    request.layers = IndexSet({3});
    refuse(request, "layers 3 does not exist");
    request = world.request();
    request.heads = IndexSet({4});
    refuse(request, "heads 4 does not exist");
    refuse(world.request({"oracle:k=4@7"}), "gate oracle:k=4@7");
    auto text = std::make_shared<TextWindows>(*world.text);
    text->windows[2][3] = 50;
    world.text = text;
    refuse(world.request(), "token id 50 is out of range");
    text->windows.clear();
    refuse(world.request(), "fewer than 2 tokens");
}

TEST(Measurement, AWindowBeyondRotatedPositionsIsWarnedOf) {
    TinyLlama shape;
    shape.n_ctx = 16;
    TinyWorld world(shape);
    const auto run = world.finished(world.request());
    ASSERT_EQ(run->warnings.size(), 1u);
    EXPECT_THAT(run->warnings[0], testing::HasSubstr("T = 24 is beyond the 16 positions"));
}

}  // namespace
}  // namespace gatescope
