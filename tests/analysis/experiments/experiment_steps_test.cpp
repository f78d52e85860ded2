#include <gtest/gtest.h>

#include <filesystem>

#include "analysis/experiments/experiment_course.h"
#include "analysis/training/train_plan.h"
#include "model/families/scratch.h"
#include "model/gates/gate_info.h"

namespace gatescope {
namespace {

// Of a model that rotates.
ModelConfig llama() {
    ModelConfig out =
        scratch_config({.family = "llama", .n_layers = 30, .n_heads = 3, .d_model = 24, .n_ctx = 512}, 300);
    return out;
}

ExperimentCourse course_at(const std::string& scale, const std::vector<std::string>& changes = {}) {
    const ModelConfig given = llama();
    const bool checkpoint = scale == "checkpoint";
    return course_of({.experiment = {},
                      .scale = scale,
                      .model = checkpoint ? "sample" : "",
                      .seeds = {},
                      .values = {},
                      .changes = changes},
                     checkpoint ? &given : nullptr);
}

const Recipe& recipe_of(const ExperimentStep& step) {
    return std::visit([](const auto& work) -> const Recipe& { return work.recipe; }, step.work);
}
TrainPlan plan_of(const ExperimentStep& step) {
    const std::vector<TrainPlan> plans = train_plans(recipe_of(step));
    EXPECT_EQ(plans.size(), 1u);
    return plans.front();
}

const char* const kFolder = "/experiments/some";

class EveryScale : public testing::TestWithParam<std::string> {
  protected:
    ExperimentCourse course = course_at(GetParam());
};

TEST_P(EveryScale, HasSizesThatGoTogether) {
    EXPECT_FALSE(course.seeds.empty());
    EXPECT_EQ(course.k * 8, course.window_length()) << "as sparse as the paper's 64 of 512";
    EXPECT_GT(course.steps, 0);
    EXPECT_GT(course.tune_steps, 0);
    EXPECT_GT(course.gate_steps, 0);
    EXPECT_GT(course.held_out_windows, 1) << "intervals need two";
    EXPECT_EQ(course.gate_dim, 32) << "the paper's";
    EXPECT_EQ(course.levels.front(), 0);
    EXPECT_EQ(course.levels.back(), course.config.n_layers);
}

TEST_P(EveryScale, MakesStepsWhoseRecipesAreRuns) {
    const std::string base = base_model(course, kFolder, 1);
    const std::string gate = "/experiments/some/base-seed-1-gate/gate.safetensors";
    std::vector<ExperimentStep> steps = base_steps(course, 1);
    steps.push_back(
        tune_step(course, "learned-2", 1, base, "1", {"gate.gate=" + learned_gate(course, course.k, gate)}));
    steps.push_back(tune_step(course, "soft", 1, base, "", {"gate.gate=soft-learned"}));
    steps.push_back(tune_step(course, "random", 1, base, "0", {"gate.gate=" + random_gate(course, course.k, 1)}));
    steps.push_back(distill_step(course, "base", 1, base, "kl"));
    steps.push_back(measure_step(course, "base", 1, base, {"oracle:k=4"}));
    steps.push_back(gradient_step(course, "base", 1, base));
    if (course.own_model) {
        steps.push_back(scratch_step(course, "soft-learned", 1, {"gate.gate=soft-learned"}));
        steps.push_back(scratch_step(course, "soft-random", 1, {"gate.gate=soft-learned", "gate.train=false"}));
        steps.push_back(scratch_step(course, "stochastic", 1, {"gate.gate=stochastic:k=8"}));
    }
    for (const ExperimentStep& step : steps) {
        SCOPED_TRACE(step.name);
        EXPECT_NO_THROW({
            const TrainPlan plan = plan_of(step);
            EXPECT_EQ(plan.seed, 1);
            EXPECT_EQ(plan.folder, "") << "the step's own folder is the run's";
        });
        EXPECT_EQ(step.seed, 1);
        EXPECT_FALSE(step.title.empty());
        EXPECT_TRUE(step.name.starts_with(step.arm + "-seed-1") || step.name == "dense-seed-1") << step.name;
    }
}

TEST_P(EveryScale, KeepsFewCheckpointsOfARun) {
    const ExperimentStep tuned = tune_step(course, "x", 0, base_model(course, kFolder, 0), "", {});
    const TrainPlan plan = plan_of(tuned);
    EXPECT_EQ(plan.steps, course.tune_steps);
    EXPECT_EQ(plan.keep_checkpoints, course.own_model ? 2 : 1);
    EXPECT_EQ(plan.checkpoint_every, std::max<std::int64_t>((course.tune_steps + 3) / 4, course.own_model ? 1 : 20));
    EXPECT_LE(plan.warmup, plan.steps);
    EXPECT_EQ(plan.parts, (std::set{TrainedPart::kQueries, TrainedPart::kKeys, TrainedPart::kValues}));
}

INSTANTIATE_TEST_SUITE_P(Scales, EveryScale, testing::Values("quick", "tiny", "paper-31m", "checkpoint"),
                         [](const auto& scale) {
                             std::string name = scale.param;
                             std::erase(name, '-');
                             return name;
                         });

TEST(ExperimentSteps, TheBaseIsTheSameRunWhateverItsNeighboursAre) {
    const ExperimentCourse course = course_at("tiny");
    const ExperimentStep base = base_steps(course, 0).at(0);
    EXPECT_EQ(base.name, "dense-seed-0");
    EXPECT_EQ(base.arm, "base");
    EXPECT_EQ(plan_of(base).gate, "dense");
    EXPECT_EQ(plan_of(base).steps, 1600);
    ExperimentCourse other = course_of({.experiment = {},
                                        .scale = "tiny",
                                        .model = {},
                                        .seeds = {0, 5},
                                        .values = {{"k", std::int64_t{8}},
                                                   {"gate_dim", std::int64_t{16}},
                                                   {"gate_steps", std::int64_t{5}},
                                                   {"tune_steps", std::int64_t{5}}},
                                        .changes = {}},
                                       nullptr);
    EXPECT_EQ(plan_of(base).recipe, plan_of(base_steps(other, 0).at(0)).recipe);
    EXPECT_FALSE(plan_of(base).recipe == plan_of(base_steps(other, 5).at(0)).recipe);
}

TEST(ExperimentSteps, AGivenModelIsItsOwnBase) {
    const ExperimentCourse course = course_at("checkpoint");
    EXPECT_TRUE(base_steps(course, 0).empty());
    EXPECT_EQ(base_model(course, kFolder, 0), "sample");
    const TrainPlan plan = plan_of(measure_step(course, "base", 0, "sample", {}));
    EXPECT_FALSE(plan.from_scratch);
    EXPECT_EQ(plan.texts, std::vector<std::string>{"sample-train"});
    EXPECT_EQ(plan.batch, 2);
    EXPECT_EQ(course.levels, (std::vector<std::int64_t>{0, 10, 30})) << "none, a third, all";
}

TEST(ExperimentSteps, ArmsFromScratchDifferInTheirChangesAlone) {
    const ExperimentCourse course = course_at("tiny");
    const TrainPlan dense = plan_of(base_steps(course, 2).at(0));
    const TrainPlan soft =
        plan_of(scratch_step(course, "soft-random", 2, {"gate.gate=soft-learned", "gate.train=false"}));
    EXPECT_EQ(soft.gate, "soft-learned");
    EXPECT_FALSE(soft.train_gate);
    EXPECT_EQ(soft.shape, dense.shape);
    EXPECT_EQ(soft.steps, dense.steps);
    EXPECT_EQ(soft.learning_rate, dense.learning_rate);
    EXPECT_EQ(soft.seed, dense.seed);
    EXPECT_EQ(soft.gate_learning_rate, 0.003);
}

TEST(ExperimentSteps, WarmUpAndCheckpointsFollowFewerSteps) {
    const ExperimentCourse course = course_at("tiny");
    const ExperimentStep step = scratch_step(course, "hard", 0, {"gate.gate=learned:k=32", "train.steps=40"});
    const TrainPlan plan = plan_of(step);
    EXPECT_EQ(plan.steps, 40);
    EXPECT_EQ(plan.warmup, 4);
    EXPECT_EQ(plan.report_every, 2);
    EXPECT_EQ(plan.checkpoint_every, 10);
    EXPECT_EQ(last_checkpoint(kFolder, step), "/experiments/some/hard-seed-0/checkpoint-40");
    EXPECT_EQ(gate_file(kFolder, step), "/experiments/some/hard-seed-0/checkpoint-40/gate.safetensors");
}

TEST(ExperimentSteps, WhatIsSetOfTheRecipeHoldsForAllRuns) {
    const ExperimentCourse course = course_at("tiny", {"train.batch=2", "train.warmup=7"});
    EXPECT_EQ(plan_of(base_steps(course, 0).at(0)).batch, 2);
    EXPECT_EQ(plan_of(scratch_step(course, "soft", 0, {"gate.gate=soft-learned"})).warmup, 7);
    EXPECT_EQ(plan_of(tune_step(course, "soft", 0, base_model(course, kFolder, 0), "", {})).batch, 2);
}

TEST(ExperimentSteps, GatesOfModelsThatRotateRotate) {
    const ExperimentCourse course = course_at("checkpoint");
    EXPECT_EQ(learned_gate(course, 32, "g.safetensors"), "learned:k=32,file=g.safetensors,rope=1,other_model=1");
    EXPECT_EQ(random_gate(course, 32, 7), "random:k=32,seed=7,rope=1");
    EXPECT_EQ(soft_gate(course, "g"), "soft-learned:file=g,rope=1");
    EXPECT_EQ(plan_of(tune_step(course, "soft", 0, "sample", "", {"gate.gate=soft-learned"})).gate,
              "soft-learned:rope=1");
    const auto work = std::get<DistillWork>(distill_step(course, "base", 0, "sample", "bce").work);
    EXPECT_TRUE(work.request.rope);
    EXPECT_EQ(work.request.loss, "bce");
    EXPECT_EQ(work.request.k, 32);
}

TEST(ExperimentSteps, GatesOfOtherModelsDoNot) {
    const ExperimentCourse course = course_at("tiny");
    EXPECT_EQ(learned_gate(course, 32, "/a/g.safetensors"), "learned:k=32,file=/a/g.safetensors,other_model=1");
    EXPECT_EQ(random_gate(course, 32, 0), "random:k=32");
    EXPECT_EQ(plan_of(scratch_step(course, "soft", 0, {"gate.gate=soft-learned"})).gate, "soft-learned");
    EXPECT_FALSE(std::get<DistillWork>(distill_step(course, "base", 0, "/m", "kl").work).request.rope);
}

TEST(ExperimentSteps, PathsWithSignsOfTheSyntaxStayWhole) {
    const ExperimentCourse course = course_at("tiny");
    const std::string file = "/some, folder@home+more/g.safetensors";
    const GateSpec gate = parse_gate(learned_gate(course, 32, file));
    ASSERT_EQ(gate.terms.size(), 1u);
    EXPECT_EQ(text(gate.terms[0].values, "file"), file);
}

}  // namespace
}  // namespace gatescope
