// Perplexity against sparsity: what is made of outcomes.
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
    return find_experiment("sparsity").summarise(plan, outcomes);
}

// Dense 40; at every sparsity random 60, the oracle 40, KL and BCE so far down that they close that share, %.
Outcomes with(const ExperimentPlan& plan, const std::vector<double>& kl_closes, double bce_closes) {
    Outcomes out = made_up::all_done(plan);
    double more = -0.1;
    for (const std::int64_t seed : plan.course.seeds) {
        std::vector<double> perplexities = {40};
        for (const double closes : kl_closes) {
            perplexities.push_back(40);
            perplexities.push_back(60 - 0.2 * (closes + more));
            perplexities.push_back(60 - 0.2 * bce_closes);
            perplexities.push_back(60);
        }
        made_up::measure(out, "base-seed-" + std::to_string(seed) + "-measured", perplexities);
        more += 0.1;
    }
    return out;
}

TEST(SparsityExperiment, DistilsOneGateByKlAndForEachBudgetOneByBce) {
    const ExperimentPlan plan = made_up::plan_of("sparsity", "tiny", {0});
    std::vector<std::string> distilled;
    for (const ExperimentStep& step : plan.steps)
        if (const auto* work = std::get_if<DistillWork>(&step.work))
            distilled.push_back(work->request.loss + " " + std::to_string(work->request.k));
    EXPECT_EQ(distilled, (std::vector<std::string>{"kl 32", "bce 8", "bce 16", "bce 32", "bce 64", "bce 128"}));
    const auto& gates = std::get<MeasureWork>(plan.steps.back().work).gates;
    ASSERT_EQ(gates.size(), 20U);
    EXPECT_EQ(gates[0], "oracle:k=8");
    EXPECT_TRUE(gates[1].starts_with("learned:k=8,file=/experiments/sparsity/kl-seed-0-gate/")) << gates[1];
    EXPECT_TRUE(gates[2].starts_with("learned:k=8,file=/experiments/sparsity/bce-k8-seed-0-gate/")) << gates[2];
    EXPECT_EQ(parse_gate(gates[19]).terms[0].id, "random");
    EXPECT_EQ(integer(parse_gate(gates[19]).terms[0].values, "k"), 128);
}

TEST(SparsityExperiment, SupportsThePaperWhereKlClosesMoreThan94PercentEverywhere) {
    const ExperimentPlan plan = made_up::plan_of("sparsity", "tiny");
    const ExperimentSummary summary = summary_of(plan, with(plan, {96, 97, 98, 99, 99}, 95));
    EXPECT_EQ(summary.verdict, Verdict::kSupports) << summary.sentence;
    EXPECT_NE(summary.sentence.find("98.0 % (95 % interval 97.8 to 98.2, 3 seeds) at 87.5 % sparsity"),
              std::string::npos)
        << summary.sentence;
    const ExperimentRow* closed = row_of(summary, "Random-oracle gap closed by KL, k = 32 (87.5 %)");
    ASSERT_NE(closed, nullptr);
    EXPECT_NEAR(closed->ours.mean, 98, 1e-9);
    const ExperimentRow* paper = row_of(summary, "Perplexity, KL gate, k = 32");
    ASSERT_NE(paper, nullptr);
    EXPECT_EQ(paper->paper, "12.2");
    EXPECT_TRUE(row_of(summary, "Perplexity, KL gate, k = 128")->paper.empty());
    EXPECT_NEAR(row_of(summary, "BCE less KL, paired, k = 32")->ours.mean, 0.6, 1e-9);
}

TEST(SparsityExperiment, ContradictsItWhereAtSomeSparsityItClosesLess) {
    const ExperimentPlan plan = made_up::plan_of("sparsity", "tiny");
    EXPECT_EQ(summary_of(plan, with(plan, {80, 97, 98, 99, 99}, 95)).verdict, Verdict::kContradicts);
    EXPECT_EQ(summary_of(plan, with(plan, {94, 97, 98, 99, 99}, 95)).verdict, Verdict::kUndecided);
}

TEST(SparsityExperiment, ClosesNothingWhereRandomIsAsGoodAsTheOracle) {
    const ExperimentPlan plan = made_up::plan_of("sparsity", "tiny");
    Outcomes outcomes = with(plan, {96, 97, 98, 99, 50}, 95);
    for (const std::int64_t seed : plan.course.seeds) {  // at k = 128
        auto& gates = outcomes.at("base-seed-" + std::to_string(seed) + "-measured").gates;
        gates.at(20) = gates.at(17);
    }
    const ExperimentSummary summary = summary_of(plan, outcomes);
    EXPECT_EQ(summary.verdict, Verdict::kSupports) << summary.sentence;
    EXPECT_EQ(row_of(summary, "Random-oracle gap closed by KL, k = 128"), nullptr);
    EXPECT_NE(summary.sentence.find("At 50.0 % sparsity a random gate is not worse"), std::string::npos)
        << summary.sentence;
    EXPECT_EQ(chart_of(summary, "gap-closed")->series.at(0).x.size(), 4U);
}

TEST(SparsityExperiment, FigureRunsFromHalfToNearlyAllDropped) {
    const ExperimentPlan plan = made_up::plan_of("sparsity", "tiny");
    const ExperimentSummary summary = summary_of(plan, with(plan, {96, 97, 98, 99, 99}, 95));
    const ExperimentChart* figure = chart_of(summary, "figure-4");
    ASSERT_NE(figure, nullptr);
    EXPECT_TRUE(figure->log_y);
    ASSERT_EQ(figure->series.size(), 4U);
    EXPECT_EQ(figure->series[0].x, (std::vector<double>{0, 1, 2, 3, 4}));
    EXPECT_EQ(figure->categories, (std::vector<std::string>{"50.0 %", "75.0 %", "87.5 %", "93.8 %", "96.9 %"}));
    EXPECT_EQ(figure->series[1].role, "kl");
    EXPECT_NEAR(figure->series[1].y.back(), 60 - 0.2 * 96, 1e-9);
    ASSERT_EQ(figure->levels.size(), 1U);
    EXPECT_EQ(figure->levels[0].value, 40);
}

TEST(SparsityExperiment, OfOneSeedHasTheIntervalsOfWindows) {
    const ExperimentPlan plan = made_up::plan_on_model("sparsity");
    Outcomes outcomes = with(plan, {96, 97, 98, 99, 99}, 95);
    // In one window the gate is nearly as bad as random.
    GateOutcome& gate = outcomes.at("base-seed-0-measured").gates.at(2);
    gate.window_nll[0] = std::log(55.0);
    const ExperimentSummary summary = summary_of(plan, outcomes);
    const ExperimentRow* closed = row_of(summary, "Random-oracle gap closed by KL, k = 8 (96.9 %)");
    ASSERT_NE(closed, nullptr);
    EXPECT_EQ(closed->ours.over, "windows");
    EXPECT_EQ(closed->ours.count, 4);
    EXPECT_LT(closed->ours.low, closed->ours.mean);
    EXPECT_GT(closed->ours.high, closed->ours.mean);
    EXPECT_NE(summary.verdict, Verdict::kSupports);
}

}  // namespace
}  // namespace gatescope
