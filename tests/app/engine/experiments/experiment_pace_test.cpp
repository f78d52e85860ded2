#include "app/engine/experiments/experiment_pace.h"

#include <gtest/gtest.h>

namespace gatescope {
namespace {

ExperimentStep run_of(const std::string& name, const std::string& gate, std::int64_t steps) {
    Recipe recipe = default_recipe();
    recipe.values["gate.gate"] = gate;
    recipe.values["train.steps"] = steps;
    return {name, name, 0, name, TrainWork{recipe}};
}

TEST(ExperimentPace, KnowsNothingAtFirst) {
    EXPECT_LT(ExperimentPace().seconds_of(run_of("a", "dense", 10)), 0);
}

TEST(ExperimentPace, GoesByStepsOfTheSameKindAndTheirAmount) {
    ExperimentPace pace;
    pace.took(run_of("a", "dense", 100), 1, 50);
    EXPECT_DOUBLE_EQ(pace.seconds_of(run_of("b", "dense", 40)), 20);
    EXPECT_DOUBLE_EQ(pace.seconds_of(run_of("c", "soft-learned", 40)), 20) << "of no run with that gate is it known";
    pace.took(run_of("d", "soft-learned", 10), 0.5, 10);
    EXPECT_DOUBLE_EQ(pace.seconds_of(run_of("c", "soft-learned", 40)), 80);
    EXPECT_DOUBLE_EQ(pace.seconds_of(run_of("b", "dense", 40)), 20);
    EXPECT_LT(pace.seconds_of({"e", "e", 0, "e", MeasureWork{default_recipe(), {}, false}}), 0);
}

TEST(ExperimentPace, WhatWasEstimatedCountsUntilAStepOfThatKindTookItsTime) {
    const ExperimentStep dense = run_of("a", "dense", 100), soft = run_of("b", "soft-learned", 100);
    ExperimentPlan plan;
    plan.steps = {dense, soft};
    ExperimentPace pace;
    pace.expect(plan, {10, 30});
    EXPECT_DOUBLE_EQ(pace.seconds_of(dense), 10);
    pace.took(dense, 1, 20);
    EXPECT_DOUBLE_EQ(pace.seconds_of(dense), 20);
    EXPECT_DOUBLE_EQ(pace.seconds_of(soft), 30);
}

}  // namespace
}  // namespace gatescope
