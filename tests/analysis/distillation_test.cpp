// Gates trained on a tiny random model.
#include "analysis/distillation.h"

#include <gtest/gtest.h>

#include <cmath>

#include "analysis/distillation_setup.h"
#include "model/core/error.h"
#include "model/gates/gate_file.h"
#include "model/gates/random_bilinear.h"
#include "tests/analysis/measurement_fixture.h"

namespace gatescope {
namespace {

using testing_support::TinyWorld;

class DistillationTest : public testing::Test {
  protected:
    DistillRequest request(std::int64_t steps) const {
        DistillRequest out;
        out.steps = steps;
        out.k = 6;
        out.gate_dim = 4;
        out.keys_per_block = 3;
        out.index_heads = 2;
        out.window_length = 24;
        out.report_every = 10;
        out.sinks = 1;
        out.local = 2;
        out.out = (world_.folder / "gate.safetensors").string();
        return out;
    }
    Distillation begin(const DistillRequest& request) { return {*world_.model, request, world_.text, nullptr}; }
    std::shared_ptr<const DistillRun> finish(Distillation& distillation) {
        while (distillation.step(world_.job)) {
        }
        return distillation.run();
    }
    // What a run measures of a gate on the windows that were held out: the last.
    double perplexity(const std::string& gate) {
        auto held_out = std::make_shared<TextWindows>(*world_.text);
        held_out->windows = {world_.text->windows.back()};
        RunRequest wanted = world_.request({gate});
        return measure(*world_.model, wanted, world_.summary, held_out, world_.job)
            ->gates[0]
            .perplexity.estimate.perplexity;
    }
    static const std::vector<double>& series(const TrainCurve& curve, const std::string& id) {
        return curve.series.at(id);
    }

    TinyWorld world_;
};

TEST_F(DistillationTest, LearnsWhatTheFrozenGateDoesNotKnow) {
    Distillation distillation = begin(request(60));
    const auto run = finish(distillation);
    EXPECT_EQ(run->status, "done");
    EXPECT_EQ(run->step, 60);
    EXPECT_EQ(run->learned->step, (std::vector<std::int64_t>{0, 10, 20, 30, 40, 50, 60}));
    for (const char* id : {"loss", "f1", "captured_mass", "deployed_f1", "perplexity"})
        EXPECT_EQ(series(*run->learned, id).size(), 7u) << id;
    EXPECT_LT(series(*run->learned, "loss").back(), 0.8 * series(*run->learned, "loss").front());
    EXPECT_GT(series(*run->learned, "captured_mass").back(), series(*run->learned, "captured_mass").front());
    EXPECT_EQ(series(*run->random, "f1").back(), series(*run->learned, "f1").front());
    EXPECT_TRUE(std::isfinite(run->dense_perplexity));
    EXPECT_TRUE(std::isfinite(run->oracle_perplexity));
}

TEST_F(DistillationTest, EveryKindAndLossBringsItsLossDown) {
    for (const std::string gate : {"learned", "block-learned", "indexer"})
        for (const std::string loss : {"kl", "bce"}) {
            DistillRequest wanted = request(40);
            wanted.gate = gate;
            wanted.loss = loss;
            Distillation distillation = begin(wanted);
            const auto run = finish(distillation);
            EXPECT_LT(series(*run->learned, "loss").back(), series(*run->learned, "loss").front()) << gate << loss;
        }
}

TEST_F(DistillationTest, TheFileMeasuresWhatTheLastReportSays) {
    for (const std::string gate : {"learned", "block-learned", "indexer"}) {
        DistillRequest wanted = request(12);
        wanted.gate = gate;
        wanted.rope = gate == "learned";
        wanted.out = (world_.folder / (gate + ".safetensors")).string();
        Distillation distillation = begin(wanted);
        const auto run = finish(distillation);
        distillation.write("ab", false);
        const double again = perplexity(distillation.run()->deployed);
        EXPECT_NEAR(series(*run->learned, "perplexity").back(), again, 1e-9 * again) << gate;
    }
}

TEST_F(DistillationTest, WithoutAStepTheGateIsTheRandomOneOfTheSeed) {
    DistillRequest wanted = request(0);
    wanted.seed = 7;
    Distillation distillation = begin(wanted);
    const auto run = finish(distillation);
    distillation.write("ab", false);
    const double random = perplexity("random:k=6,gate_dim=4,seed=7,sinks=1,local=2");
    EXPECT_NEAR(perplexity(distillation.run()->deployed), random, 1e-9 * random);
    EXPECT_NEAR(series(*run->learned, "perplexity").back(), random, 1e-9 * random);
}

TEST_F(DistillationTest, FromWholeHeadsItIsTheOracleBeforeTheFirstStep) {
    DistillRequest wanted = request(0);
    wanted.gate_dim = 8;
    wanted.rope = true;
    wanted.start = "kernel";
    wanted.sinks = wanted.local = 0;
    Distillation distillation = begin(wanted);
    const auto run = finish(distillation);
    EXPECT_GT(series(*run->learned, "f1").back(), 0.999);
    EXPECT_NEAR(series(*run->learned, "loss").back(), 0, 1e-4);
    EXPECT_NEAR(series(*run->learned, "perplexity").back(), run->oracle_perplexity, 1e-2 * run->oracle_perplexity);
}

TEST_F(DistillationTest, OnlyTheLayersNamedAreTrainedAndGated) {
    DistillRequest wanted = request(4);
    wanted.layers = IndexSet::parse("0,2", "layers");
    Distillation distillation = begin(wanted);
    (void)finish(distillation);
    distillation.write("ab", false);
    const GateFile file(wanted.out, "learned",
                        {{"query", {GateDimension::kHeads, GateDimension::kModel, GateDimension::kGate}},
                         {"key", {GateDimension::kHeads, GateDimension::kModel, GateDimension::kGate}}});
    EXPECT_TRUE(file.has_layer(0));
    EXPECT_FALSE(file.has_layer(1));
    EXPECT_TRUE(distillation.run()->deployed.ends_with("@0,2"));
}

TEST_F(DistillationTest, ACancelledStepLeavesAllAsItWas) {
    Distillation whole = begin(request(12)), cut = begin(request(12));
    const auto wanted = finish(whole);
    for (bool more = true; more;) {
        JobContext impatient;
        std::int64_t ticks = 0;
        impatient.set_tick_service([&] {
            if (++ticks == 3) impatient.cancel();
        });
        EXPECT_THROW((void)cut.step(impatient), Cancelled);
        more = cut.step(world_.job);
    }
    EXPECT_EQ(cut.run()->learned->series.at("loss"), wanted->learned->series.at("loss"));
    EXPECT_EQ(cut.run()->learned->series.at("perplexity"), wanted->learned->series.at("perplexity"));
}

TEST_F(DistillationTest, ItsResultHoldsTheCurvesAndTheWindowsTheyAreOf) {
    Distillation distillation = begin(request(10));
    (void)finish(distillation);
    const auto result = distillation.result(world_.summary);
    ASSERT_EQ(result->curves.size(), 2u);
    EXPECT_NE(result->curves[0]->name, result->curves[1]->name);
    EXPECT_EQ(result->text->windows.size(), 1u);
    EXPECT_EQ(result->dense.token_nll.size(), 1u);
    EXPECT_TRUE(result->complete);
}

TEST(DistillationWindows, HeldOutOnesAreNeverTrainedOn) {
    TextWindows text;
    for (std::int32_t n = 0; n < 20; ++n) text.windows.push_back({n, n});
    text.windows.push_back({20});
    DistillRequest request;
    request.held_out_windows = 9;
    const DistillWindows split = split_windows(request, text, nullptr);
    EXPECT_EQ(split.train.size(), 19u);  // an eighth of 21 is 2
    EXPECT_EQ(split.held_out->windows.size(), 2u);
    for (const auto& window : split.train)
        EXPECT_EQ(std::count(split.held_out->windows.begin(), split.held_out->windows.end(), window), 0);
    text.windows.resize(1);
    EXPECT_THROW((void)split_windows(request, text, nullptr), Failure);
}

TEST(DistillationWindows, AShortLastOneIsNotTrainedOn) {
    TextWindows text, other;
    text.windows = {{1, 2, 3}, {4, 5, 6}, {7, 8}};
    other.windows = {{9, 9}, {8, 8}};
    DistillRequest request;
    request.held_out_windows = 1;
    const DistillWindows split = split_windows(request, text, &other);
    EXPECT_EQ(split.train.size(), 2u);
    EXPECT_EQ(split.held_out->windows, (std::vector<std::vector<std::int32_t>>{{9, 9}}));
}

TEST_F(DistillationTest, WhatCannotBeIsRefusedByName) {
    const auto refused = [&](const std::function<void(DistillRequest&)>& change, const std::string& part) {
        DistillRequest wanted = request(1);
        change(wanted);
        try {
            check_distillation(wanted, world_.model->config());
            ADD_FAILURE() << "taken: " << part;
        } catch (const Failure& failure) {
            EXPECT_NE(std::string(failure.what()).find(part), std::string::npos) << failure.what();
        }
    };
    refused([](auto& wanted) { wanted.gate = "lerned"; }, "did you mean learned?");
    refused([](auto& wanted) { wanted.gate = "oracle"; }, "trainable gate");
    refused([](auto& wanted) { wanted.loss = "mse"; }, "kl, bce");
    refused([](auto& wanted) { wanted.start = "zero"; }, "--start");
    refused([](auto& wanted) { wanted.gate = "indexer", wanted.rope = true; }, "--rope");
    refused([](auto& wanted) { wanted.gate = "indexer", wanted.start = "kernel"; }, "--start");
    refused([](auto& wanted) { wanted.rope = true, wanted.gate_dim = 5; }, "--gate-dim");
    refused([](auto& wanted) { wanted.sinks = 9; }, "sinks");
    refused([](auto& wanted) { wanted.layers = IndexSet::parse("7", "layers"); }, "layers");
    refused([](auto& wanted) { wanted.learning_rate = -1; }, "--lr");
    refused([](auto& wanted) { wanted.out = ""; }, "--out");
}

}  // namespace
}  // namespace gatescope
