#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "model/families/scratch.h"
#include "tests/analysis/experiments/made_up_experiment.h"
#include "tests/support/expect_refusal.h"

namespace gatescope {
namespace {

ExperimentPlan plan_of(const ExperimentSetting& setting, const ModelConfig* config = nullptr) {
    return planned(made_up_experiment(), setting, "/experiments/made-up", config);
}
void expect_refused(const ExperimentSetting& setting, const std::string& what) {
    expect_refusal(FailureKind::kUsage, what, [&setting] { (void)plan_of(setting); });
}
void expect_refused(const std::string& change, const std::string& what) {
    ExperimentSetting setting = setting_at("tiny");
    setting.changes = {change};
    expect_refused(setting, what);
}
ModelConfig given_model() {
    return scratch_config({.family = "llama", .n_layers = 3, .n_heads = 3, .d_model = 24, .n_ctx = 512}, 300);
}

TEST(ExperimentPlan, HasTheStepsOfAllSeedsUnderNamesOfTheirOwn) {
    const ExperimentPlan plan = plan_of(setting_at("quick"));
    ASSERT_EQ(plan.steps.size(), 14u);
    EXPECT_EQ(plan.steps[0].name, "dense-seed-0");
    EXPECT_EQ(plan.steps[7].name, "dense-seed-1");
    EXPECT_EQ(plan.folder, "/experiments/made-up");
    EXPECT_EQ(plan.course.seeds, (std::vector<std::int64_t>{0, 1}));
}

TEST(ExperimentPlan, ChosenValuesTakeThePlaceOfTheScales) {
    ExperimentSetting setting = setting_at("tiny");
    setting.seeds = {7};
    setting.values = {{"k", std::int64_t{16}},
                      {"steps", std::int64_t{20}},
                      {"held_out_windows", std::int64_t{3}},
                      {"levels", std::string("0,2")},
                      {"gate_steps", std::int64_t{0}}};
    const ExperimentCourse course = plan_of(setting).course;
    EXPECT_EQ(course.k, 16);
    EXPECT_EQ(course.steps, 20);
    EXPECT_EQ(course.held_out_windows, 3);
    EXPECT_EQ(course.gate_steps, 300) << "0 is the scale's";
    EXPECT_EQ(course.levels, (std::vector<std::int64_t>{0, 2}));
    EXPECT_EQ(course.seeds, std::vector<std::int64_t>{7});
    EXPECT_EQ(integer(course.base.values, "train.warmup"), 2) << "follows the steps";
}

TEST(ExperimentPlan, AGivenModelTakesItsConfigAndItsOwnScale) {
    const ModelConfig config = given_model();
    const ExperimentPlan plan = plan_of(setting_at("checkpoint", "sample"), &config);
    EXPECT_EQ(plan.course.config.n_layers, 3);
    EXPECT_FALSE(plan.course.own_model);
    EXPECT_EQ(plan.course.levels, (std::vector<std::int64_t>{0, 1, 2, 3}));
    const ExperimentPlan quick = plan_of(setting_at("quick", "sample"), &config);
    EXPECT_LT(quick.course.tune_steps, plan.course.tune_steps);
    EXPECT_EQ(quick.course.window_length(), 64);
    EXPECT_EQ(quick.course.seeds, std::vector<std::int64_t>{0});
}

TEST(ExperimentPlan, PathsBecomeWhole) {
    const ModelConfig config = given_model();
    ExperimentSetting setting = setting_at("checkpoint", "models/mine");
    setting.changes = {"data.text=here.txt,there.txt", "train.batch=3"};
    const ExperimentPlan plan = planned(made_up_experiment(), setting, "out/made-up", &config);
    const std::string here = std::filesystem::current_path().string();
    EXPECT_EQ(plan.setting.model, here + "/models/mine");
    EXPECT_EQ(plan.folder, here + "/out/made-up");
    EXPECT_EQ(plan.setting.changes[0], "data.text=" + here + "/here.txt\n" + here + "/there.txt");
    EXPECT_EQ(plan.setting.changes[1], "train.batch=3");
    const ExperimentPlan again = planned(made_up_experiment(), plan.setting, plan.folder, &config);
    EXPECT_EQ(again.setting, plan.setting) << "from any folder, the same";
    EXPECT_EQ(again.course.base, plan.course.base);
}

TEST(ExperimentPlan, RefusesWhatItDoesntKnowWithTheNearestName) {
    ExperimentSetting setting = setting_at("tinny");
    expect_refused(setting, "did you mean tiny");
    setting = setting_at("tiny");
    setting.values = {{"gate_step", std::int64_t{5}}};
    expect_refused(setting, "did you mean gate_steps");
    expect_refused("train.stepps=5", "did you mean train.steps");
    expect_refused("train.batch", "train.batch=8");
}

TEST(ExperimentPlan, RefusesValuesOutOfRange) {
    ExperimentSetting setting = setting_at("tiny");
    setting.values = {{"k", std::int64_t{257}}};
    expect_refused(setting, "257 keys are more than a window of 256");
    setting.values = {{"held_out_windows", std::int64_t{-1}}};
    expect_refused(setting, "held_out_windows");
    setting.values = {{"levels", std::string("0,5")}};
    expect_refused(setting, "4 layers");
    for (const char* levels : {"2,1", "1,1", "a", "0,,1", ",", "-1"}) {
        setting.values = {{"levels", std::string(levels)}};
        SCOPED_TRACE(levels);
        expect_refused(setting, "levels");
    }
}

TEST(ExperimentPlan, RefusesSeedsThatAreThereTwiceOrNoGateTakes) {
    ExperimentSetting setting = setting_at("tiny");
    setting.seeds = {1, 2, 1};
    expect_refused(setting, "twice");
    setting.seeds = {-1};
    expect_refused(setting, "seeds");
    setting.seeds = {4294967296};
    expect_refused(setting, "seeds");
}

TEST(ExperimentPlan, RefusesChangesOfWhatArmsDifferIn) {
    expect_refused("gate.gate=oracle:k=8", "gate.gate");
    expect_refused("train.layers=0", "train.layers");
    expect_refused("gate.dim=8", "gate_dim");
    expect_refused("model.checkpoint=sample", "--model");
    expect_refused("model.from=checkpoint", "--model");
}

TEST(ExperimentPlan, RefusesAModelWhereItTrainsItsOwn) {
    const ModelConfig config = given_model();
    ExperimentInfo own = made_up_experiment();
    own.takes_model = false;
    expect_refusal(FailureKind::kUsage, "made-up",
                   [&] { (void)planned(own, setting_at("checkpoint", "sample"), "/e", &config); });
    const auto refused = [&config](const ExperimentSetting& setting, const std::string& what) {
        expect_refusal(FailureKind::kUsage, what, [&] { (void)plan_of(setting, &config); });
    };
    refused(setting_at("tiny", "sample"), "checkpoint or quick");
    ExperimentSetting setting = setting_at("checkpoint", "sample");
    setting.changes = {"model.n_layers=2"};
    refused(setting, "the model is given");
    setting.changes.clear();
    setting.values = {{"steps", std::int64_t{5}}};
    refused(setting, "tune_steps");
    expect_refused(setting_at("checkpoint"), "--model sample");
}

TEST(ExperimentPlan, RefusesParametersThatMeanNothingToTheExperiment) {
    ExperimentInfo few = made_up_experiment();
    few.params = {"k"};
    ExperimentSetting setting = setting_at("quick");
    setting.values = {{"tune_steps", std::int64_t{5}}};
    expect_refusal(FailureKind::kUsage, "it takes k", [&] { (void)planned(few, setting, "/e", nullptr); });
    setting.values = {{"tune_steps", std::int64_t{0}}};
    EXPECT_NO_THROW((void)planned(few, setting, "/e", nullptr)) << "that is none";
}

TEST(ExperimentPlan, RefusesAnEncoder) {
    ModelConfig config = given_model();
    config.causal = false;
    expect_refusal(FailureKind::kUnsupported, "bert",
                   [&] { (void)plan_of(setting_at("checkpoint", "/models/bert"), &config); });
}

TEST(ExperimentPlan, EveryExperimentPlansAtEveryScale) {
    const ModelConfig config = given_model();
    for (const ExperimentInfo& info : experiments())
        for (const ExperimentScale& scale : experiment_scales()) {
            SCOPED_TRACE(info.id + " " + scale.id);
            const bool given = scale.recipe.empty();
            if (given && !info.takes_model) continue;
            ExperimentSetting setting = setting_at(scale.id, given ? "sample" : "");
            setting.experiment = info.id;
            const ExperimentPlan plan = experiment_plan(setting, "/experiments/" + info.id, given ? &config : nullptr);
            EXPECT_FALSE(plan.steps.empty());
        }
}

// Runs can be taken over from experiment to experiment.
TEST(ExperimentPlan, RunsOfTheSameNameAndScaleFromScratchAreTheSameRun) {
    std::map<std::string, Recipe> runs;
    std::size_t shared = 0;
    for (const ExperimentInfo& info : experiments()) {
        ExperimentSetting setting = setting_at("tiny");
        setting.experiment = info.id;
        for (const ExperimentStep& step : experiment_plan(setting, "/experiments/" + info.id, nullptr).steps) {
            const auto* work = std::get_if<TrainWork>(&step.work);
            if (work == nullptr || text(work->recipe.values, "model.from") != "scratch") continue;
            const auto [known, added] = runs.emplace(step.name, work->recipe);
            EXPECT_EQ(known->second, work->recipe) << info.id << " " << step.name;
            shared += added ? 0 : 1;
        }
    }
    EXPECT_GT(shared, 0u) << "the dense one, at least";
}

TEST(ExperimentPlan, RefusesAnUnknownExperiment) {
    ExperimentSetting setting = setting_at("tiny");
    setting.experiment = "soft-gatting";
    expect_refusal(FailureKind::kUsage, "soft-gating", [&] { (void)experiment_plan(setting, "/e", nullptr); });
}

}  // namespace
}  // namespace gatescope
