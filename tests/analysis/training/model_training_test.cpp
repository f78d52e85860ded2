#include "analysis/training/model_training.h"

#include <ATen/ops/equal.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>

#include "model/core/error.h"
#include "tests/analysis/training/training_world.h"

namespace gatescope {
namespace {

using testing::HasSubstr;

const TrainingWorld& world() {
    static const TrainingWorld made;
    return made;
}

constexpr TrainedPart kAllParts[] = {TrainedPart::kEmbeddings, TrainedPart::kQueries, TrainedPart::kKeys,
                                     TrainedPart::kValues,     TrainedPart::kOutputs, TrainedPart::kMlp,
                                     TrainedPart::kNorms,      TrainedPart::kHead};

std::vector<double> series(const Trainee& trainee, const std::string& name) {
    return trainee.training->curve()->series.at(name);
}

TEST(ModelTraining, ReportsBeforeTheFirstStepEverySoManyStepsAndAtTheEnd) {
    TrainPlan plan = small_plan();
    plan.steps = 7;
    Trainee trainee(world(), plan);
    trainee.finish();
    EXPECT_EQ(trainee.training->curve()->step, (std::vector<std::int64_t>{0, 3, 6, 7}));
    for (const auto& [name, values] : trainee.training->curve()->series) EXPECT_EQ(values.size(), 4u) << name;
    EXPECT_TRUE(std::isnan(series(trainee, "loss").front()));
    EXPECT_GT(series(trainee, "gradient_norm").back(), 0);
    EXPECT_EQ(series(trainee, "perplexity"), series(trainee, "perplexity_dense"));
    EXPECT_EQ(trainee.training->tokens(), 7 * 2 * 24);
}

TEST(ModelTraining, SeedsRepeatToTheBitAndDiffer) {
    TrainPlan plan = small_plan();
    Trainee first(world(), plan), again(world(), plan);
    first.finish();
    again.finish();
    EXPECT_TRUE(everything(first) == everything(again));
    plan.seed = 1;
    Trainee other(world(), plan);
    other.finish();
    EXPECT_NE(series(first, "perplexity").front(), series(other, "perplexity").front());
    EXPECT_NE(series(first, "loss").back(), series(other, "loss").back());
}

// The same windows make the same step, whatever way they are shared out.
TEST(ModelTraining, AccumulatedStepsAreThoseOfOneLargerBatch) {
    TrainPlan plan = small_plan();
    plan.batch = 4;
    plan.clip = 0.05;
    Trainee once(world(), plan);
    plan.batch = 1;
    plan.accumulation = 4;
    Trainee often(world(), plan);
    once.finish();
    often.finish();
    for (const char* name :
         {"loss", "perplexity", "gradient_norm", "query_gradient_norm", "layer_1.value_gradient_norm"})
        for (std::size_t n = 1; n < 3; ++n)
            EXPECT_NEAR(series(often, name)[n] / series(once, name)[n], 1, 1e-4) << name;
    EXPECT_EQ(once.training->tokens(), often.training->tokens());
}

// Restored at every whole step, and saved in the middle of one.
TEST(ModelTraining, RestoredItGoesOnToTheBit) {
    TrainPlan plan = small_plan();
    plan.gate = "soft-learned@0";
    plan.accumulation = 3;
    plan.steps = 4;
    Trainee whole(world(), plan);
    whole.finish();
    for (const int pieces : {0, 5, 7, 12, 17}) {
        Trainee cut(world(), plan), resumed(world(), plan);
        JobContext job;
        for (int n = 0; n < pieces; ++n) (void)cut.training->step(job);
        const TrainingState state = cut.training->save();
        for (std::size_t n = 0; n < cut.parameters.size(); ++n) {
            const at::Tensor target = resumed.parameters[n].value.detach();
            target.copy_(cut.parameters[n].value.detach());
        }
        resumed.training->restore(state);
        EXPECT_EQ(resumed.training->steps_done(), cut.training->steps_done());
        resumed.finish();
        EXPECT_TRUE(everything(whole) == everything(resumed)) << "cut after " << pieces << " pieces";
    }
}

TEST(ModelTraining, ACancelledPieceLeavesAllAsItWas) {
    TrainPlan plan = small_plan();
    plan.gate = "soft-learned";
    plan.accumulation = 2;
    plan.steps = 3;
    plan.report_every = 2;
    Trainee whole(world(), plan), interrupted(world(), plan);
    whole.finish();
    int ticks = 0, cancelled = 0;
    for (bool more = true; more;) {
        JobContext job;
        int left = ++ticks % 7;
        job.set_tick_service([&] {
            if (--left == 0) job.cancel();
        });
        try {
            more = interrupted.training->step(job);
        } catch (const Cancelled&) {
            ++cancelled;
        }
    }
    EXPECT_GT(cancelled, 5);
    EXPECT_TRUE(everything(whole) == everything(interrupted));
}

TEST(ModelTraining, WhatIsFrozenStaysAsItIsToTheBitForEveryPart) {
    for (const TrainedPart part : kAllParts) {
        TrainPlan plan = small_plan();
        plan.parts = {part};
        plan.layers = IndexSet({1});
        plan.steps = 2;
        plan.weight_decay = 0.5;
        Trainee trainee(world(), plan);
        const std::vector<at::Tensor> before = trainee.values();
        trainee.finish();
        const std::vector<at::Tensor> after = trainee.values();
        int changed = 0;
        for (std::size_t n = 0; n < before.size(); ++n) {
            const CanonicalTensor& canonical = trainee.parameters[n].canonical;
            const bool trains = part_of(canonical.weight) == part && canonical.layer != 0;
            const bool same = at::equal(before[n], after[n]);
            EXPECT_TRUE(trains || same) << "part " << static_cast<int>(part) << " changed tensor " << n;
            if (!same) ++changed;
        }
        EXPECT_GT(changed, 0) << "part " << static_cast<int>(part);
    }
}

TEST(ModelTraining, ALossThatIsNotFiniteStopsItWithoutAStep) {
    TrainPlan plan = small_plan();
    Trainee trainee(world(), plan);
    JobContext job;
    while (!trainee.training->between_steps()) (void)trainee.training->step(job);
    for (const Parameter& parameter : trainee.parameters)
        if (parameter.canonical.weight == Weight::kFinalNorm)
            parameter.value.detach().fill_(std::numeric_limits<float>::infinity());
    try {
        (void)trainee.training->step(job);
        ADD_FAILURE() << "went on";
    } catch (const Failure& failure) {
        EXPECT_THAT(failure.what(), HasSubstr("not finite"));
        EXPECT_THAT(failure.what(), HasSubstr("learning_rate"));
    }
    EXPECT_EQ(trainee.training->steps_done(), 0);
}

TEST(ModelTraining, PlansThatDontFitAreRefusedByTheField) {
    const auto refusal = [](const TrainPlan& plan) {
        try {
            const Trainee trainee(world(), plan);
        } catch (const Failure& failure) {
            return std::string(failure.what());
        }
        return std::string("accepted");
    };
    TrainPlan plan = small_plan();
    plan.parts = {};
    EXPECT_THAT(refusal(plan), HasSubstr("train.parts"));
    plan = small_plan();
    plan.layers = IndexSet({2});
    EXPECT_THAT(refusal(plan), HasSubstr("layers"));
    plan = small_plan();
    plan.gate = "oracle:k=4@7";
    EXPECT_THAT(refusal(plan), HasSubstr("gate.gate"));
    plan = small_plan();
    plan.gate = "learned:k=4@0+indexer:k=4@1";
    EXPECT_THAT(refusal(plan), HasSubstr("one kind of gate"));
}

TEST(ModelTraining, AStateOfAnotherShapeIsRefusedByTheTensor) {
    TrainPlan plan = small_plan();
    Trainee small(world(), plan);
    small.finish();
    const TrainingState state = small.training->save();
    plan.shape.d_model = 32;
    Trainee large(world(), plan);
    EXPECT_THROW(large.training->restore(state), Failure);
    EXPECT_THROW(large.training->restore({{}, "{}"}), Failure);
    EXPECT_THROW(large.training->restore({{}, state.json}), Failure);
}

TEST(ModelTraining, AStateBehindThePlansLastStepIsRefused) {
    TrainPlan plan = small_plan();
    Trainee whole(world(), plan);
    whole.finish();
    const TrainingState state = whole.training->save();
    --plan.steps;
    Trainee shorter(world(), plan);
    EXPECT_THROW(shorter.training->restore(state), Failure);
}

TEST(ModelTraining, ReportsThatMeasureOtherThingsThanThoseBeforeKeepColumnsEqual) {
    TrainPlan plan = small_plan();
    plan.concentration = false;
    Trainee without(world(), plan);
    without.finish();
    plan.concentration = true;
    plan.steps += plan.report_every;
    Trainee with(world(), plan);
    with.training->restore(without.training->save());
    with.finish();
    const auto curve = with.training->curve();
    for (const auto& [name, values] : curve->series) EXPECT_EQ(values.size(), curve->step.size()) << name;
    EXPECT_TRUE(std::isnan(curve->series.at("mass_at_k").front()));
    EXPECT_FALSE(std::isnan(curve->series.at("mass_at_k").back()));
}

TEST(ModelTraining, AFewSecondsAreEnoughToKnowTheTextBetterThanItsFrequencies) {
    const TrainingWorld longer(60, 300, 32);
    TrainPlan plan = small_plan();
    plan.shape.d_model = 32;
    plan.shape.d_mlp = 64;
    plan.shape.n_ctx = plan.window_length = 32;
    plan.batch = 8;
    plan.steps = plan.report_every = 120;
    plan.learning_rate = 1e-2;
    plan.warmup = 10;
    plan.held_out_windows = 8;
    Trainee trainee(longer, plan);
    trainee.finish();
    const double unigram =
        longer.data()->unigram_perplexity(*longer.data()->held_out_windows(8), longer.config(plan).d_vocab);
    EXPECT_LT(series(trainee, "perplexity").back(), 0.5 * unigram);
    EXPECT_GT(series(trainee, "perplexity").front(), unigram);
}

TEST(ModelTraining, InBFloat16ItRepeatsAndLearnsNearlyTheSame) {
    TrainPlan plan = small_plan();
    plan.steps = 40;
    plan.report_every = 40;
    plan.learning_rate = 1e-2;
    Trainee exact(world(), plan);
    exact.finish();
    plan.precision = DataType::kBFloat16;
    Trainee rounded(world(), plan), again(world(), plan);
    rounded.finish();
    again.finish();
    EXPECT_TRUE(everything(rounded) == everything(again));
    EXPECT_FALSE(everything(rounded) == everything(exact));
    EXPECT_NEAR(series(rounded, "perplexity").back() / series(exact, "perplexity").back(), 1, 0.05);
}

TEST(ModelTraining, NoHeldOutWindowIsTrainedOn) {
    const TokenData& data = *world().data();
    std::set<std::vector<std::int32_t>> held_out;
    const auto windows = data.held_out_windows(1 << 20);
    held_out.insert(windows->begin(), windows->end());
    ASSERT_GT(held_out.size(), 3u);
    for (std::size_t n = 0; n < data.train_windows(); ++n) {
        const std::span<const std::int32_t> window = data.train_window(n);
        EXPECT_FALSE(held_out.contains({window.begin(), window.end()})) << n;
    }
}

}  // namespace
}  // namespace gatescope
