#include "app/cli/experiment_report.h"

#include <gtest/gtest.h>

#include <cmath>

namespace gatescope {
namespace {

StepOutcome with_curve(const std::map<std::string, std::vector<double>>& series) {
    auto curve = std::make_shared<TrainCurve>();
    curve->series = series;
    StepOutcome out;
    out.curves = {curve};
    return out;
}

StepOutcome measured(const std::vector<std::pair<std::string, double>>& gates) {
    StepOutcome out;
    for (const auto& [gate, perplexity] : gates) {
        out.gates.emplace_back();
        out.gates.back().gate = gate;
        out.gates.back().estimate.perplexity = perplexity;
    }
    return out;
}

TEST(ExperimentReport, ARunIsItsLastPerplexityThatWasMeasured) {
    EXPECT_EQ(outcome_words(with_curve({{"perplexity", {90, 48.731, std::nan("")}}}), TrainWork()),
              "held-out perplexity 48.73");
    EXPECT_EQ(outcome_words({}, TrainWork()), "");
}

TEST(ExperimentReport, ADistilledGateIsItsDeployedPerplexityAndF1) {
    EXPECT_EQ(outcome_words(with_curve({{"perplexity", {40.1}}, {"f1", {0.8514}}}), DistillWork()),
              "deployed perplexity 40.10, F1 0.851");
}

TEST(ExperimentReport, FewGatesAreNamedWithoutTheirFilesAndManyAreCounted) {
    EXPECT_EQ(outcome_words(measured({{"dense", 37.3}, {"learned:k=8,file=/a/b/gate.safetensors", 40}}), MeasureWork()),
              "perplexity dense 37.30, learned 40.00");
    EXPECT_EQ(
        outcome_words(measured({{"dense", 37.3}, {"a", 1}, {"b", 1}, {"c", 1}, {"d", 1}, {"e", 1}}), MeasureWork()),
        "perplexity dense 37.30 and 5 gates");
}

TEST(ExperimentReport, AGradientIsCountedInValues) {
    StepOutcome outcome;
    outcome.gradients = {{"learned", {0}, {0}, 0, 128}, {"soft-learned", {0}, {1}, 127, 128}};
    EXPECT_EQ(outcome_words(outcome, GradientWork()), "values not 0: learned 0 of 128, soft-learned 127 of 128");
}

TEST(ExperimentReport, AnUnmeasuredPlanHasNoTime) {
    const ExperimentPlan plan;
    EXPECT_LT(planned_seconds({plan, {}, "x"}), 0);
    EXPECT_EQ(planned_seconds({plan, {1, 0, 2.5}, "x"}), 3.5);
}

}  // namespace
}  // namespace gatescope
