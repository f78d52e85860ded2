// A gate distilled onto co-adapted and onto mask-agnostic Q/K/V: what is made of outcomes.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "analysis/experiments/experiments.h"
#include "tests/analysis/experiments/made_up_outcomes.h"

namespace gatescope {
namespace {

using made_up::chart_of;
using made_up::row_of;

ExperimentSummary summary_of(const ExperimentPlan& plan, const Outcomes& outcomes) {
    return find_experiment("distill-onto").summarise(plan, outcomes);
}

struct Deployed {
    double soft = 0, hard = 0;
    double f1 = 0.8, random = 150;
};
// Dense 40, the gate on mask-agnostic Q/K/V 44; the co-adapted models as said, a little apart by seed.
Outcomes with(const ExperimentPlan& plan, const Deployed& deployed) {
    Outcomes out = made_up::all_done(plan);
    double part = 0.97;
    for (const std::int64_t seed : plan.course.seeds) {
        const std::string behind = "-seed-" + std::to_string(seed) + "-measured";
        made_up::measure(out, "base" + behind, {40, 44, 41, 80});
        made_up::measure(out, "soft-learned" + behind, {60, part * deployed.soft, 62, deployed.random, 48});
        made_up::measure(out, "random-mask" + behind, {90, part * deployed.hard, 92, 200, 49});
        out.at("soft-learned-seed-" + std::to_string(seed) + "-gate").curves = {
            made_up::curve_of({{"f1", {0.1, deployed.f1}}, {"captured_mass", {0.2, 0.9}}, {"perplexity", {99, 70}}})};
        part += 0.03;
    }
    return out;
}

TEST(DistillOntoExperiment, TrainsDistilsAndMeasuresEachOfThreeModelsUnderWhatItKnows) {
    const ExperimentPlan plan = made_up::plan_of("distill-onto", "tiny", {0});
    std::vector<std::string> names;
    for (const ExperimentStep& step : plan.steps) names.push_back(step.name);
    EXPECT_EQ(names, (std::vector<std::string>{"dense-seed-0", "base-seed-0-gate", "base-seed-0-measured",
                                               "soft-learned-seed-0", "soft-learned-seed-0-gate",
                                               "soft-learned-seed-0-measured", "random-mask-seed-0",
                                               "random-mask-seed-0-gate", "random-mask-seed-0-measured"}));
    const auto& hard = std::get<MeasureWork>(plan.steps.back().work);
    ASSERT_EQ(hard.gates.size(), 4U);
    EXPECT_TRUE(hard.gates[0].starts_with("learned:k=32,file=/experiments/distill-onto/random-mask-seed-0-gate/"));
    EXPECT_EQ(hard.gates[0].find("sinks"), std::string::npos) << "its own k keys and no others";
    EXPECT_EQ(hard.gates[1], "oracle:k=32");
    const auto& trained = std::get<TrainWork>(plan.steps[6].work);
    EXPECT_EQ(hard.gates[3], text(trained.recipe.values, "gate.gate"))
        << "deployed under the mask it was trained under";
    EXPECT_NE(hard.gates[2], hard.gates[3]) << "a random mask that the model does not know";
    const auto& distilled = std::get<DistillWork>(plan.steps.at(4).work);
    EXPECT_EQ(text(distilled.recipe.values, "model.checkpoint"),
              "/experiments/distill-onto/soft-learned-seed-0/checkpoint-1600");
    EXPECT_EQ(distilled.request.sinks + distilled.request.local, 0);
}

TEST(DistillOntoExperiment, NoDistilledGateBeginsAsTheMaskThatAModelHasAdaptedTo) {
    const ExperimentPlan plan = made_up::plan_of("distill-onto", "tiny", {0});
    const auto& hard = std::get<MeasureWork>(plan.steps.back().work);
    const auto seed_of = [](const std::string& gate) { return integer(parse_gate(gate).terms[0].values, "seed"); };
    const std::int64_t begins = std::get<DistillWork>(plan.steps.at(7).work).request.seed;
    EXPECT_NE(begins, seed_of(hard.gates[3])) << "the mask that it was trained under";
    EXPECT_EQ(begins, seed_of(hard.gates[2])) << "the random gate beside it is the distilled one as it began";
}

TEST(DistillOntoExperiment, SupportsThePaperWhereDeployingCostsMoreOnCoAdaptedQueriesAndKeys) {
    const ExperimentPlan plan = made_up::plan_of("distill-onto", "tiny");
    const ExperimentSummary summary = summary_of(plan, with(plan, {.soft = 200, .hard = 300}));
    EXPECT_EQ(summary.verdict, Verdict::kSupports) << summary.sentence;
    const ExperimentRow* row = row_of(summary, "Soft co-adapted: perplexity, distilled gate");
    ASSERT_NE(row, nullptr);
    EXPECT_EQ(row->paper, "601.6");
    EXPECT_EQ(row->ours.values, (std::vector<double>{194, 200, 206}));
    const ExperimentRow* excess = row_of(summary, "Soft co-adapted less agnostic, paired: extra loss");
    ASSERT_NE(excess, nullptr);
    EXPECT_NEAR(excess->ours.values[1], std::log(200.0 / 48) - std::log(44.0 / 40), 1e-9);
    const ExperimentRow* paired = row_of(summary, "Soft co-adapted less agnostic, paired: distilled gate");
    ASSERT_NE(paired, nullptr);
    EXPECT_NEAR(paired->ours.mean, 156, 1e-9);
    ASSERT_NE(row_of(summary, "Soft co-adapted: F1 of the distilled gate"), nullptr);
    EXPECT_NE(summary.sentence.find("200.00"), std::string::npos) << summary.sentence;
}

TEST(DistillOntoExperiment, ContradictsItWhereTheGateDeploysAsWellThere) {
    const ExperimentPlan plan = made_up::plan_of("distill-onto", "tiny");
    const ExperimentSummary summary = summary_of(plan, with(plan, {.soft = 49, .hard = 50}));
    EXPECT_EQ(summary.verdict, Verdict::kContradicts) << summary.sentence;
    EXPECT_TRUE(summary.sentence.starts_with("Contradicts the paper"));
}

TEST(DistillOntoExperiment, IsUndecidedWhereTheGateDidNotFindTheKeysOrOneSeedSaysItAll) {
    const ExperimentPlan plan = made_up::plan_of("distill-onto", "tiny");
    EXPECT_EQ(summary_of(plan, with(plan, {.soft = 200, .hard = 300, .f1 = 0.3})).verdict, Verdict::kUndecided);
    const ExperimentPlan single = made_up::plan_of("distill-onto", "tiny", {0});
    const ExperimentSummary summary = summary_of(single, with(single, {.soft = 200, .hard = 300}));
    EXPECT_EQ(summary.verdict, Verdict::kUndecided);
    EXPECT_NE(summary.sentence.find("one seed"), std::string::npos) << summary.sentence;
}

TEST(DistillOntoExperiment, IsUndecidedWhereMasksHardlyMatter) {
    const ExperimentPlan plan = made_up::plan_of("distill-onto", "tiny");
    const ExperimentSummary summary = summary_of(plan, with(plan, {.soft = 49, .hard = 50, .random = 50}));
    EXPECT_EQ(summary.verdict, Verdict::kUndecided);
    EXPECT_NE(summary.sentence.find("masks hardly matter"), std::string::npos) << summary.sentence;
}

TEST(DistillOntoExperiment, GroupsBarsOfThreeModelsByWhatTheyAreDeployedUnder) {
    const ExperimentPlan plan = made_up::plan_of("distill-onto", "tiny");
    const ExperimentSummary summary = summary_of(plan, with(plan, {.soft = 200, .hard = 300}));
    const ExperimentChart* chart = chart_of(summary, "deployed");
    ASSERT_NE(chart, nullptr);
    EXPECT_EQ(chart->categories.size(), 3U);
    ASSERT_EQ(chart->series.size(), 5U);
    for (const ExperimentSeries& series : chart->series) {
        EXPECT_EQ(series.x, (std::vector<double>{0, 1, 2}));
        EXPECT_EQ(series.low.size(), 3U);
    }
}

TEST(DistillOntoExperiment, LeavesOutWhatIsNotThereYet) {
    const ExperimentPlan plan = made_up::plan_of("distill-onto", "tiny");
    Outcomes outcomes = with(plan, {.soft = 200, .hard = 300});
    std::erase_if(outcomes, [](const auto& each) { return !each.first.starts_with("base-seed-0"); });
    const ExperimentSummary summary = summary_of(plan, outcomes);
    EXPECT_EQ(summary.verdict, Verdict::kOpen);
    ASSERT_NE(row_of(summary, "Mask-agnostic: perplexity, distilled gate"), nullptr);
    EXPECT_EQ(row_of(summary, "Soft co-adapted"), nullptr);
    EXPECT_EQ(row_of(summary, "Mask co-adapted"), nullptr);
}

}  // namespace
}  // namespace gatescope
