// From none to all layers adapt: what is made of outcomes.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "analysis/experiments/experiments.h"
#include "tests/analysis/experiments/made_up_outcomes.h"

namespace gatescope {
namespace {

using made_up::chart_of;
using made_up::row_of;

ExperimentSummary summary_of(const ExperimentPlan& plan, const Outcomes& outcomes) {
    return find_experiment("absorption-gradient").summarise(plan, outcomes);
}

// The learned gate stays at 10; the random one's by level. Seeds differ a little.
Outcomes with(const ExperimentPlan& plan, const std::vector<double>& random) {
    Outcomes out = made_up::all_done(plan);
    double part = 0.99;
    for (const std::int64_t seed : plan.course.seeds) {
        const std::string behind = "-seed-" + std::to_string(seed) + "-measured";
        for (std::size_t n = 0; n < plan.course.levels.size(); ++n) {
            const std::string level = std::to_string(plan.course.levels[n]);
            if (plan.course.levels[n] == 0) {
                made_up::measure(out, "base" + behind, {9 * part, 10 * part, random[n] * part});
                continue;
            }
            made_up::measure(out, "learned-upper-" + level + behind, {9.5, 10 * part});
            made_up::measure(out, "random-upper-" + level + behind, {12, random[n] * part});
        }
        part += 0.01;
    }
    return out;
}

TEST(AbsorptionGradientExperiment, TunesTheUpperLayersUnderFrozenGatesInAllLayers) {
    const ExperimentPlan plan = made_up::plan_on_model("absorption-gradient");
    ASSERT_EQ(plan.course.levels, (std::vector<std::int64_t>{0, 1, 2, 3, 4, 5, 6}));
    const auto find = [&plan](const std::string& name) -> const ExperimentStep& {
        return *std::find_if(plan.steps.begin(), plan.steps.end(), [&](const auto& each) { return each.name == name; });
    };
    const ParamValues& learned = std::get<TrainWork>(find("learned-upper-2-seed-0").work).recipe.values;
    EXPECT_EQ(text(learned, "train.layers"), "4-5");
    const GateSpec gate = parse_gate(text(learned, "gate.gate"));
    EXPECT_EQ(gate.terms[0].id, "learned");
    EXPECT_TRUE(gate.terms[0].layers.all());
    EXPECT_EQ(text(gate.terms[0].values, "file"), "/experiments/absorption-gradient/base-seed-0-gate/gate.safetensors");
    EXPECT_TRUE(flag(gate.terms[0].values, "other_model")) << "it is measured on the tuned model, too";
    const ParamValues& random = std::get<TrainWork>(find("random-upper-6-seed-0").work).recipe.values;
    EXPECT_EQ(text(random, "train.layers"), "0-5");
    EXPECT_EQ(parse_gate(text(random, "gate.gate")).terms[0].id, "random");
    // Both measured under the very gate that they were tuned under.
    EXPECT_EQ(std::get<MeasureWork>(find("random-upper-6-seed-0-measured").work).gates[0], text(random, "gate.gate"));
    for (const GateTerm& term : {gate.terms[0], parse_gate(text(random, "gate.gate")).terms[0]}) {
        EXPECT_EQ(integer(term.values, "sinks"), 0);
        EXPECT_EQ(integer(term.values, "local"), 0);
        EXPECT_TRUE(flag(term.values, "rope"));
    }
}

TEST(AbsorptionGradientExperiment, SupportsThePaperWhereTheGapCloses) {
    const ExperimentPlan plan = made_up::plan_of("absorption-gradient", "tiny");
    const ExperimentSummary summary = summary_of(plan, with(plan, {41.5, 30, 20, 15, 12}));
    EXPECT_EQ(summary.verdict, Verdict::kSupports) << summary.sentence;
    const ExperimentRow* first = row_of(summary, "Random less learned, paired, 0 of 4 layers");
    ASSERT_NE(first, nullptr);
    EXPECT_NEAR(first->ours.mean, 31.5, 1e-9);
    EXPECT_EQ(first->paper, "31.5");
    const ExperimentRow* beside = row_of(summary, "Random less learned, paired, 1 of 4 layers");
    ASSERT_NE(beside, nullptr);
    EXPECT_EQ(beside->paper, "6.9") << "25 % is nearest to 29 %";
    const ExperimentRow* gone = row_of(summary, "Gap shrinks by, 0 to 4 of 4 layers");
    ASSERT_NE(gone, nullptr);
    EXPECT_NEAR(gone->ours.mean, 29.5, 1e-9);
    EXPECT_NEAR(row_of(summary, "Share of the gap in nats left")->ours.mean, 100 * std::log(1.2) / std::log(4.15),
                1e-9);
    EXPECT_NEAR(row_of(summary, "Gap in nats shrinks by")->ours.mean, std::log(4.15 / 1.2), 1e-9);
    EXPECT_NE(summary.sentence.find("31.50"), std::string::npos) << summary.sentence;
}

TEST(AbsorptionGradientExperiment, ContradictsItWhereTheGapGrowsOrNeverWas) {
    const ExperimentPlan plan = made_up::plan_of("absorption-gradient", "tiny");
    EXPECT_EQ(summary_of(plan, with(plan, {20, 22, 24, 26, 28})).verdict, Verdict::kContradicts);
    EXPECT_EQ(summary_of(plan, with(plan, {8, 7, 6, 5, 4})).verdict, Verdict::kContradicts);
}

// All perplexities fall to half: the gap in perplexity does, too, and nothing was absorbed.
TEST(AbsorptionGradientExperiment, DoesNotTakeABetterModelForAbsorption) {
    const ExperimentPlan plan = made_up::plan_of("absorption-gradient", "tiny");
    Outcomes outcomes = with(plan, {20, 20, 20, 20, 20});
    double part = 0.99;
    for (const std::int64_t seed : plan.course.seeds) {
        const std::string behind = "-upper-4-seed-" + std::to_string(seed) + "-measured";
        made_up::measure(outcomes, "learned" + behind, {5, 5 * part});
        made_up::measure(outcomes, "random" + behind, {6, 10 * (2 - part)});
        part += 0.01;
    }
    const ExperimentSummary summary = summary_of(plan, outcomes);
    EXPECT_GT(row_of(summary, "Gap shrinks by")->ours.low, 0);
    EXPECT_EQ(summary.verdict, Verdict::kUndecided) << summary.sentence;
}

TEST(AbsorptionGradientExperiment, IsUndecidedWhereSeedsDisagree) {
    const ExperimentPlan plan = made_up::plan_of("absorption-gradient", "tiny");
    Outcomes outcomes = with(plan, {20, 20, 20, 20, 19.9});
    made_up::measure(outcomes, "random-upper-4-seed-0-measured", {12, 25});
    EXPECT_EQ(summary_of(plan, outcomes).verdict, Verdict::kUndecided);
}

TEST(AbsorptionGradientExperiment, FigureHasALevelAPointAndShadesTheGap) {
    const ExperimentPlan plan = made_up::plan_of("absorption-gradient", "tiny");
    Outcomes outcomes = with(plan, {41.5, 30, 20, 15, 12});
    const auto figure = [&] { return *chart_of(summary_of(plan, outcomes), "figure-3"); };
    ExperimentChart whole = figure();
    EXPECT_TRUE(whole.shade_gap);
    ASSERT_EQ(whole.series.size(), 2U);
    EXPECT_EQ(whole.series[0].role, "random");
    EXPECT_EQ(whole.series[1].role, "learned");
    EXPECT_EQ(whole.series[0].x, (std::vector<double>{0, 1, 2, 3, 4}));
    ASSERT_EQ(whole.levels.size(), 1U);
    // A level that is not measured yet has no point, and the others stay.
    std::erase_if(outcomes, [](const auto& each) { return each.first.starts_with("random-upper-2"); });
    const ExperimentChart part = figure();
    EXPECT_EQ(part.series[0].x, (std::vector<double>{0, 1, 3, 4}));
    EXPECT_EQ(part.series[1].x, (std::vector<double>{0, 1, 2, 3, 4}));
}

TEST(AbsorptionGradientExperiment, OfAGivenModelHasThreeLevelsWhereItHasManyLayers) {
    ModelConfig config = made_up::small_llama();
    config.n_layers = 30;
    ExperimentSetting setting;
    setting.experiment = "absorption-gradient";
    setting.scale = "checkpoint";
    setting.model = "/models/small";
    const ExperimentPlan plan = experiment_plan(setting, "/experiments/some", &config);
    EXPECT_EQ(plan.course.levels, (std::vector<std::int64_t>{0, 10, 30}));
    std::set<std::string> layers;
    for (const ExperimentStep& step : plan.steps)
        if (const auto* run = std::get_if<TrainWork>(&step.work))
            layers.insert(text(run->recipe.values, "train.layers"));
    EXPECT_EQ(layers, (std::set<std::string>{"0-29", "20-29"}));
}

}  // namespace
}  // namespace gatescope
