#include <gtest/gtest.h>

#include <filesystem>

#include "analysis/training/train_plan.h"
#include "model/core/error.h"

namespace gatescope {
namespace {

Recipe with(std::initializer_list<std::pair<const char*, ParamValue>> values) {
    Recipe recipe = default_recipe();
    for (const auto& [name, value] : values) recipe.values[name] = value;
    return recipe;
}
TrainPlan plan_of(std::initializer_list<std::pair<const char*, ParamValue>> values) {
    return train_plans(with(values)).at(0);
}

TEST(TrainPlans, EveryArmRunsWithEverySeed) {
    Recipe recipe = with({});
    recipe.name = "mine";
    recipe.seeds = {0, 4};
    recipe.arms = {{"dense", {}}, {"soft", {{"gate.gate", std::string("soft-learned")}}}};
    const std::vector<TrainPlan> plans = train_plans(recipe);
    ASSERT_EQ(plans.size(), 4u);
    EXPECT_EQ(plans[0].folder, "dense-seed-0");
    EXPECT_EQ(plans[3].folder, "soft-seed-4");
    EXPECT_EQ(plans[3].name, "mine soft seed 4");
    EXPECT_EQ(plans[3].arm, "soft");
    EXPECT_EQ(plans[3].seed, 4);
    EXPECT_EQ(plans[3].gate, "soft-learned");
    EXPECT_TRUE(plans[3].train_gate);
    EXPECT_EQ(plans[0].gate, "dense");
    EXPECT_FALSE(plans[0].train_gate) << "there is none";
}

TEST(TrainPlans, APlansOwnRecipeMakesThePlanAgain) {
    Recipe recipe = with({{"data.text", std::string("here.txt")}});
    recipe.seeds = {0, 4};
    recipe.arms = {{"dense", {}},
                   {"soft", {{"gate.gate", std::string("soft-learned")}, {"train.steps", std::int64_t{300}}}}};
    for (const TrainPlan& plan : train_plans(recipe)) {
        const std::vector<TrainPlan> again = train_plans(parse_recipe(print_recipe(plan.recipe), "x"));
        ASSERT_EQ(again.size(), 1u);
        EXPECT_EQ(again[0].name, plan.name);
        EXPECT_EQ(again[0].arm, plan.arm);
        EXPECT_EQ(again[0].seed, plan.seed);
        EXPECT_EQ(again[0].recipe, plan.recipe);
        EXPECT_EQ(again[0].texts, plan.texts);
        EXPECT_EQ(again[0].gate, plan.gate);
        EXPECT_EQ(again[0].steps, plan.steps);
        EXPECT_EQ(again[0].folder, "");
    }
}

TEST(TrainPlans, ASingleRunHasNoFolderOfItsOwn) {
    EXPECT_EQ(train_plans(default_recipe()).at(0).folder, "");
    Recipe seeds = default_recipe();
    seeds.seeds = {1, 2};
    EXPECT_EQ(train_plans(seeds).at(1).folder, "seed-2");
}

TEST(TrainPlans, PathsAreWholeAndWordsStay) {
    const std::string here = std::filesystem::current_path().string();
    const TrainPlan plan = plan_of({{"data.text", std::string("a.txt\nsample-train")},
                                    {"data.tokenizer", std::string("tok")},
                                    {"gate.gate", std::string("learned:k=4,file=g.safetensors")}});
    EXPECT_EQ(plan.texts, (std::vector<std::string>{here + "/a.txt", "sample-train"}));
    EXPECT_EQ(plan.tokenizer, here + "/tok");
    EXPECT_EQ(plan.gate, "learned:k=4,file=" + here + "/g.safetensors");
    EXPECT_FALSE(plan.train_gate) << "it is in its file";
    EXPECT_EQ(plan_of({{"model.from", std::string("checkpoint")}}).checkpoint, "sample");
}

TEST(TrainPlans, WhatDoesNotApplyIsNotChecked) {
    const TrainPlan plan = plan_of({{"model.from", std::string("checkpoint")},
                                    {"model.d_model", std::int64_t{131}},
                                    {"gate.dim", std::int64_t{0}}});
    EXPECT_FALSE(plan.from_scratch);
    EXPECT_EQ(plan.tokenizer, "model");
    EXPECT_THROW((void)plan_of({{"model.d_model", std::int64_t{131}}}), Failure);
    EXPECT_THROW((void)plan_of({{"gate.gate", std::string("soft-learned")}, {"gate.dim", std::int64_t{0}}}), Failure);
}

TEST(TrainPlans, AGateThatBeginsHereRotatesWhereTheRecipeSaysSo) {
    const TrainPlan plan = plan_of({{"model.family", std::string("llama")},
                                    {"gate.gate", std::string("soft-learned@0-1+learned:k=8@2")},
                                    {"gate.rope", true}});
    EXPECT_TRUE(plan.gate_rope);
    EXPECT_EQ(plan.gate, "soft-learned:rope=1@0-1+learned:k=8,rope=1@2");
}

TEST(TrainPlans, AGateAloneMayTrain) {
    const TrainPlan plan = plan_of({{"gate.gate", std::string("soft-learned")}, {"train.parts", std::string()}});
    EXPECT_TRUE(plan.parts.empty());
    EXPECT_TRUE(plan.train_gate);
    EXPECT_THROW(
        (void)plan_of(
            {{"gate.gate", std::string("soft-learned")}, {"gate.train", false}, {"train.parts", std::string()}}),
        Failure);
}

TEST(TrainPlans, EveryFieldReachesThePlan) {
    const TrainPlan plan = plan_of({{"model.n_layers", std::int64_t{3}},
                                    {"model.tied_embeddings", true},
                                    {"model.deviation", 0.5},
                                    {"data.separator", std::string("--")},
                                    {"data.held_out_share", 0.25},
                                    {"data.vocabulary", std::int64_t{300}},
                                    {"train.parts", std::string("keys\nhead")},
                                    {"train.layers", std::string("1-2")},
                                    {"train.accumulation", std::int64_t{3}},
                                    {"train.precision", std::string("bfloat16")},
                                    {"train.threads", std::int64_t{2}},
                                    {"train.clip", 0.0},
                                    {"report.keep_checkpoints", std::int64_t{5}},
                                    {"report.concentration", false}});
    EXPECT_EQ(plan.shape.n_layers, 3);
    EXPECT_TRUE(plan.shape.tied_embeddings);
    EXPECT_EQ(plan.shape.deviation, 0.5);
    EXPECT_EQ(plan.shape.n_ctx, 256) << "as long as the windows";
    EXPECT_EQ(plan.separator, "--");
    EXPECT_EQ(plan.held_out_share, 0.25);
    EXPECT_EQ(plan.vocabulary, 300);
    EXPECT_EQ(plan.parts, (std::set<TrainedPart>{TrainedPart::kKeys, TrainedPart::kHead}));
    EXPECT_EQ(plan.layers.print(), "1-2");
    EXPECT_EQ(plan.accumulation, 3);
    EXPECT_EQ(plan.precision, DataType::kBFloat16);
    EXPECT_EQ(plan.threads, 2);
    EXPECT_EQ(plan.clip, 0);
    EXPECT_EQ(plan.keep_checkpoints, 5);
    EXPECT_FALSE(plan.concentration);
}

}  // namespace
}  // namespace gatescope
