// Concentration, soft gating, hard gradient and stochastic masks: what they make of outcomes.
#include <gtest/gtest.h>

#include <cmath>

#include "analysis/experiments/experiments.h"
#include "tests/analysis/experiments/made_up_outcomes.h"

namespace gatescope {
namespace {

using made_up::chart_of;
using made_up::row_of;

ExperimentSummary summary_of(const ExperimentPlan& plan, const Outcomes& outcomes) {
    return find_experiment(plan.setting.experiment).summarise(plan, outcomes);
}

// ---- concentration
ExperimentPlan tiny_concentration() {
    return made_up::plan_of("concentration", "tiny");
}
Outcomes with_masses(const ExperimentPlan& plan, const std::vector<std::vector<double>>& by_seed) {
    Outcomes out = made_up::all_done(plan);
    for (std::size_t seed = 0; seed < by_seed.size(); ++seed)
        out.at("dense-seed-" + std::to_string(seed) + "-measured").by_layer["mass_at_32"] = by_seed[seed];
    return out;
}

TEST(ConcentrationExperiment, AveragesLayersOfEachSeedAndComparesWithEvenlySpreadAttention) {
    const ExperimentPlan plan = tiny_concentration();
    const ExperimentSummary summary =
        summary_of(plan, with_masses(plan, {{0.7, 0.9, 1, 0.8}, {0.72, 0.9, 0.98, 0.8}, {0.68, 0.9, 0.99, 0.83}}));
    const ExperimentRow* mean = row_of(summary, "Attention mass on the strongest 32 of 256 keys");
    ASSERT_NE(mean, nullptr);
    EXPECT_EQ(mean->ours.count, 3);
    EXPECT_NEAR(mean->ours.values[0], 85, 1e-9);
    EXPECT_NEAR(mean->ours.mean, 85, 1e-9);
    EXPECT_EQ(mean->paper, "90.6 %");
    ASSERT_NE(row_of(summary, "Least concentrated layer (layer 0)"), nullptr);
    EXPECT_NEAR(row_of(summary, "Least concentrated layer")->ours.mean, 70, 1e-9);
    EXPECT_NEAR(row_of(summary, "Most concentrated layer (layer 2)")->ours.mean, 99, 1e-9);
    // sum over i of min(1, 32 / (i + 1)) of 256 queries: an eighth, and an eighth times about ln 8
    EXPECT_NEAR(row_of(summary, "The same mass if attention were spread evenly")->ours.mean, 38.3, 0.1);
    EXPECT_EQ(summary.verdict, Verdict::kSupports);
    EXPECT_NE(summary.sentence.find("85.0 %"), std::string::npos) << summary.sentence;
    const ExperimentChart* figure = chart_of(summary, "figure-1");
    ASSERT_NE(figure, nullptr);
    EXPECT_EQ(figure->categories, (std::vector<std::string>{"0", "1", "2", "3"}));
    ASSERT_EQ(figure->series.size(), 1U);
    EXPECT_NEAR(figure->series[0].y[3], 81, 1e-9);
    EXPECT_LE(figure->series[0].high[2], 100);
    ASSERT_NE(chart_of(summary, "training"), nullptr);
    EXPECT_EQ(chart_of(summary, "training")->series.at(1).label, "Layer 1");
    EXPECT_EQ(chart_of(summary, "training")->series.at(1).y, (std::vector<double>{4, 2, 1}));
}

TEST(ConcentrationExperiment, SaysSoWhereAttentionIsSpread) {
    const ExperimentPlan plan = tiny_concentration();
    const std::vector<double> spread(4, 0.45);
    const ExperimentSummary summary = summary_of(plan, with_masses(plan, {spread, spread, spread}));
    EXPECT_EQ(summary.verdict, Verdict::kContradicts);
    EXPECT_TRUE(summary.sentence.starts_with("Contradicts the paper"));
}

TEST(ConcentrationExperiment, IsUndecidedWhereSeedsDisagree) {
    const ExperimentPlan plan = tiny_concentration();
    const std::vector<double> spread(4, 0.45), focused(4, 0.95);
    EXPECT_EQ(summary_of(plan, with_masses(plan, {spread, focused, spread})).verdict, Verdict::kUndecided);
}

TEST(ConcentrationExperiment, OfAGivenModelDoesNotTrain) {
    const ExperimentPlan plan = made_up::plan_on_model("concentration");
    ASSERT_EQ(plan.steps.size(), 1U);
    const ExperimentSummary summary = summary_of(plan, made_up::all_done(plan));
    EXPECT_NE(summary.rows[0].setting.find("as it is"), std::string::npos) << summary.rows[0].setting;
    EXPECT_NE(summary.sentence.find("no interval"), std::string::npos) << summary.sentence;
}

// ---- soft gating
ExperimentPlan tiny_soft() {
    return made_up::plan_of("soft-gating", "tiny");
}
// Perplexities dense, learned, random of a seed, each under its own gate.
void set_seed(Outcomes& outcomes, int seed, double dense, double learned, double random) {
    const std::string end = "-seed-" + std::to_string(seed) + "-measured";
    made_up::measure(outcomes, "dense" + end, {dense});
    made_up::measure(outcomes, "soft-learned" + end, {999, learned});
    made_up::measure(outcomes, "soft-random" + end, {999, random});
}

TEST(SoftGatingExperiment, ComparesArmsSeedBySeed) {
    const ExperimentPlan plan = tiny_soft();
    Outcomes outcomes = made_up::all_done(plan);
    set_seed(outcomes, 0, 50, 64, 65);
    set_seed(outcomes, 1, 51, 65.2, 66);
    set_seed(outcomes, 2, 49, 62.9, 64);
    const ExperimentSummary summary = summary_of(plan, outcomes);
    EXPECT_NEAR(row_of(summary, "Perplexity, dense")->ours.mean, 50, 1e-9);
    EXPECT_NEAR(row_of(summary, "Perplexity, soft gate that learns")->ours.mean, (64 + 65.2 + 62.9) / 3, 1e-9);
    EXPECT_NEAR(row_of(summary, "Perplexity, learned less random")->ours.values[1], -0.8, 1e-9);
    EXPECT_NEAR(row_of(summary, "Perplexity, random less dense")->ours.mean, 15, 1e-9);
    EXPECT_NEAR(row_of(summary, "Share of the random-dense gap")->ours.values[0], 100.0 / 15, 1e-9);
    EXPECT_EQ(summary.verdict, Verdict::kSupports);
    EXPECT_NE(summary.sentence.find("dense 50.00"), std::string::npos) << summary.sentence;
    EXPECT_NE(summary.sentence.find("8.8 %"), std::string::npos) << summary.sentence;
    ASSERT_NE(chart_of(summary, "arms"), nullptr);
    EXPECT_EQ(chart_of(summary, "arms")->series.size(), 3U);
    EXPECT_EQ(chart_of(summary, "training")->series.size(), 3U);
    EXPECT_EQ(chart_of(summary, "relative")->series.back().role, "paper");
}

TEST(SoftGatingExperiment, SaysThatThePapersGapDoesNotAppear) {
    const ExperimentPlan plan = tiny_soft();
    Outcomes outcomes = made_up::all_done(plan);
    set_seed(outcomes, 0, 50, 50.5, 50.2);
    set_seed(outcomes, 1, 51, 50.5, 50.6);
    set_seed(outcomes, 2, 49, 49.2, 49.6);
    const ExperimentSummary near = summary_of(plan, outcomes);
    EXPECT_EQ(near.verdict, Verdict::kUndecided);
    EXPECT_NE(near.sentence.find("gap does not appear"), std::string::npos) << near.sentence;
    EXPECT_EQ(near.sentence.find("Learning closes"), std::string::npos) << "of no gap there is no share";
    EXPECT_TRUE(std::isnan(row_of(near, "Share of the random-dense gap")->ours.mean));

    for (int seed = 0; seed < 3; ++seed) set_seed(outcomes, seed, 50 + 0.1 * seed, 45, 46 + 0.1 * seed);
    const ExperimentSummary better = summary_of(plan, outcomes);
    EXPECT_EQ(better.verdict, Verdict::kContradicts);
    EXPECT_NE(better.sentence.find("gap does not appear"), std::string::npos) << better.sentence;
}

TEST(SoftGatingExperiment, ContradictsWhereLearningWinsTheGapBack) {
    const ExperimentPlan plan = tiny_soft();
    Outcomes outcomes = made_up::all_done(plan);
    for (int seed = 0; seed < 3; ++seed) set_seed(outcomes, seed, 50 + seed, 51 + seed, 60 + seed);
    const ExperimentSummary summary = summary_of(plan, outcomes);
    EXPECT_EQ(summary.verdict, Verdict::kContradicts);
    EXPECT_NE(summary.sentence.find("90.0 %"), std::string::npos) << summary.sentence;
}

TEST(SoftGatingExperiment, DoesNotJudgeByOneSeed) {
    const ExperimentPlan plan = made_up::plan_of("soft-gating", "tiny", {0});
    Outcomes outcomes = made_up::all_done(plan);
    set_seed(outcomes, 0, 50, 64, 65);
    const ExperimentSummary summary = summary_of(plan, outcomes);
    EXPECT_EQ(summary.verdict, Verdict::kUndecided);
    EXPECT_EQ(row_of(summary, "Perplexity, dense")->ours.over, "windows");
}

TEST(SoftGatingExperiment, CountsTheSeedsThatAreThere) {
    const ExperimentPlan plan = tiny_soft();
    const Outcomes all = made_up::all_done(plan);
    Outcomes some;
    for (const std::string step : {"dense-seed-0-measured", "dense-seed-1-measured", "soft-random-seed-1-measured"})
        some[step] = all.at(step);
    made_up::measure(some, "dense-seed-0-measured", {10});
    made_up::measure(some, "soft-random-seed-1-measured", {70, 75});
    const ExperimentSummary summary = summary_of(plan, some);
    EXPECT_EQ(row_of(summary, "Perplexity, dense")->ours.count, 2);
    EXPECT_EQ(row_of(summary, "Perplexity, soft gate that learns"), nullptr);
    EXPECT_NEAR(row_of(summary, "Perplexity, random less dense")->ours.values.at(0), 15, 1e-9) << "of seed 1 alone";
}

// ---- hard gradient
TEST(HardGradientExperiment, FindsExactZerosBesideASoftGateThatGetsAGradient) {
    const ExperimentPlan plan = made_up::plan_of("hard-gradient");
    const ExperimentSummary summary = summary_of(plan, made_up::all_done(plan));
    EXPECT_EQ(summary.verdict, Verdict::kSupports);
    EXPECT_EQ(row_of(summary, "Hard top-k gate: largest gradient norm")->ours.mean, 0);
    EXPECT_EQ(row_of(summary, "Soft gate: smallest gradient norm")->ours.mean, 0.1);
    EXPECT_EQ(row_of(summary, "Hard top-k gate: gradient values that are not 0, of 64 values")->ours.mean, 0);
    EXPECT_EQ(row_of(summary, "Soft gate: gradient values")->ours.mean, 64);
    EXPECT_EQ(chart_of(summary, "gradient")->series.at(0).y, (std::vector<double>{0, 0})) << "nothing before step 1";
}

TEST(HardGradientExperiment, TrainsAQuarterOfTheSteps) {
    const ExperimentPlan plan = made_up::plan_of("hard-gradient");
    for (const ExperimentStep& step : plan.steps) {
        if (step.arm != "hard-gate" && step.arm != "soft-gate") continue;
        EXPECT_EQ(integer(std::get<TrainWork>(step.work).recipe.values, "train.steps"), plan.course.steps / 4);
    }
}

TEST(HardGradientExperiment, IsContradictedByTheLeastGradientAnywhere) {
    const ExperimentPlan plan = made_up::plan_of("hard-gradient");
    Outcomes in_training = made_up::all_done(plan), in_probe = in_training;
    in_training.at("hard-gate-seed-1").curves = {made_up::curve_of({{"gate_gradient_norm", {0, 1e-30, 0}}})};
    EXPECT_EQ(summary_of(plan, in_training).verdict, Verdict::kContradicts);
    in_probe.at("dense-seed-1-gradient").gradients[0].nonzero_values = 1;
    EXPECT_EQ(summary_of(plan, in_probe).verdict, Verdict::kContradicts);
}

TEST(HardGradientExperiment, IsUndecidedWhereEvenTheSoftGateGetsNone) {
    const ExperimentPlan plan = made_up::plan_of("hard-gradient");
    Outcomes outcomes = made_up::all_done(plan);
    outcomes.at("soft-gate-seed-0").curves = {made_up::curve_of({{"gate_gradient_norm", {0.1, 0, 0.1}}})};
    EXPECT_EQ(summary_of(plan, outcomes).verdict, Verdict::kUndecided);
}

// ---- stochastic masks
ExperimentSummary stochastic_summary(const std::vector<double>& dense, const std::vector<double>& stochastic) {
    const ExperimentPlan plan = made_up::plan_of("stochastic", "tiny");
    Outcomes outcomes = made_up::all_done(plan);
    for (std::size_t seed = 0; seed < dense.size(); ++seed) {
        const std::string end = "-seed-" + std::to_string(seed) + "-measured";
        made_up::measure(outcomes, "dense" + end, {dense[seed], 120});
        made_up::measure(outcomes, "stochastic" + end, {stochastic[seed], 70});
    }
    return summary_of(plan, outcomes);
}

TEST(StochasticExperiment, ComparesBothModelsWithoutMasks) {
    const ExperimentSummary summary = stochastic_summary({50, 51, 52}, {100, 102, 103});
    EXPECT_EQ(summary.verdict, Verdict::kSupports);
    EXPECT_NEAR(row_of(summary, "Ratio, masks in training to dense")->ours.values[0], 2, 1e-9);
    EXPECT_NEAR(row_of(summary, "Perplexity, masks in training less dense")->ours.values[2], 51, 1e-9);
    EXPECT_NEAR(row_of(summary, "Perplexity, trained dense, deployed under random masks")->ours.mean, 120, 1e-9);
    EXPECT_EQ(row_of(summary, "Perplexity, trained under random masks of 32 of 256 keys, deployed dense")->paper,
              "78.2");
    const ExperimentChart* chart = chart_of(summary, "arms");
    ASSERT_EQ(chart->series.size(), 2U);
    EXPECT_EQ(chart->series[1].x, (std::vector<double>{0, 1}));
}

TEST(StochasticExperiment, SaysSoWhereMasksHelp) {
    const ExperimentSummary summary = stochastic_summary({50, 51, 52}, {45, 46.1, 47});
    EXPECT_EQ(summary.verdict, Verdict::kContradicts);
    EXPECT_NE(summary.sentence.find("is better without"), std::string::npos) << summary.sentence;
}

TEST(StochasticExperiment, IsUndecidedWithinTheSpreadOfSeeds) {
    EXPECT_EQ(stochastic_summary({50, 51, 52}, {52, 50, 53}).verdict, Verdict::kUndecided);
}

}  // namespace
}  // namespace gatescope
