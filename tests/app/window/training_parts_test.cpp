// Arms, their figures and their curves, without a window.
#include <gtest/gtest.h>

#include <cmath>

#include "app/window/run_charts.h"
#include "app/window/training_words.h"
#include "tests/support/fake_training.h"

namespace gatescope {
namespace {

SharedRun run_with(const std::string& arm, std::int64_t seed, std::vector<std::int64_t> steps,
                   std::map<std::string, std::vector<double>> series) {
    auto run = std::make_shared<RunView>(*fake::training({arm, seed, steps.empty() ? 0 : steps.back()}));
    auto curve = std::make_shared<TrainCurve>();
    curve->step = std::move(steps);
    curve->series = std::move(series);
    run->curve = std::move(curve);
    return run;
}

TEST(RunArms, AreWhatTheirSeedsHaveInCommon) {
    const std::vector<RunArm> arms = run_arms(fake::training_runs());
    ASSERT_EQ(arms.size(), 3U);
    EXPECT_EQ(arms[1].label, "soft-learned");
    EXPECT_EQ(arms[1].runs.size(), 2U);
    EXPECT_TRUE(arms[0].baseline) << "dense beside gates";
    EXPECT_FALSE(arms[2].baseline);
    EXPECT_NE(arms[1].place, arms[2].place) << "a colour of its own";
}

TEST(RunArms, ComparesSeedsByPairsAtTheLastStepThatBothHave) {
    const double two = std::exp(2), three = std::exp(3), half = std::exp(2.5);
    const std::vector<RunArm> arms = run_arms({run_with("dense", 0, {0, 50, 100}, {{"perplexity", {9, two, two}}}),
                                               run_with("dense", 1, {0, 50, 100}, {{"perplexity", {9, three, 1}}}),
                                               run_with("soft-learned", 0, {0, 50}, {{"perplexity", {9, half}}}),
                                               run_with("soft-learned", 1, {0, 50}, {{"perplexity", {9, three}}})});
    const ArmFigures figures = arm_figures(arms[1], arms[0]);
    EXPECT_EQ(figures.above_first.seeds, 2);
    EXPECT_NEAR(figures.above_first.mean, 0.25, 1e-12);
    EXPECT_NEAR(figures.above_first.deviation, std::sqrt(0.125), 1e-12);
    EXPECT_NEAR(figures.perplexity.mean, (half + three) / 2, 1e-12);
}

TEST(RunArms, SaysThePlaceInTheQueue) {
    const auto runs = fake::training_runs();
    EXPECT_EQ(status_text(runs, *runs[4]), "running");
    EXPECT_EQ(status_text(runs, *runs[5]), "waiting, next");
    EXPECT_EQ(nearest_checkpoint(*runs[0], 1190), 1250);
}

TEST(RunCharts, DrawsTheMeanOfSeedsThickAndEachSeedThin) {
    const std::vector<RunArm> arms = run_arms({run_with("dense", 0, {0, 50, 100}, {{"loss", {8, 4, 2}}}),
                                               run_with("dense", 1, {0, 50, 100}, {{"loss", {6, 2, std::nan("")}}})});
    const Chart chart = run_chart(arms, {.figure = &run_figure("loss")}, {}, 5);
    ASSERT_EQ(chart.lines.size(), 3U);
    const ChartLine& mean = chart.lines.back();
    EXPECT_EQ(mean.x, (std::vector<double>{0, 50})) << "where both have a value";
    EXPECT_EQ(mean.y, (std::vector<double>{7, 3}));
    EXPECT_GT(mean.weight, 2 * chart.lines.front().weight);
}

TEST(RunCharts, ShowsAnExactZeroOnALogarithmicAxis) {
    const std::vector<RunArm> arms =
        run_arms({run_with("soft-learned", 0, {0, 50, 100}, {{"gate_gradient_norm", {1, 1e-2, 1e-3}}}),
                  run_with("soft-random", 0, {0, 50, 100}, {{"gate_gradient_norm", {0, 0, 0}}})});
    const Chart chart = run_chart(arms, {.figure = &run_figure("gate_gradient_norm")}, {}, 5);
    ASSERT_TRUE(chart.y.logarithmic);
    ASSERT_EQ(chart.lines.size(), 2U);
    const double floor = chart.lines[1].y.front();
    EXPECT_LT(floor, 1e-3);
    EXPECT_GT(floor, chart.y.least) << "inside the axes";
    EXPECT_EQ(chart.y.ticks.front(), floor);
    EXPECT_EQ(chart.y.text(floor), "0");
    EXPECT_EQ(chart.y.text(0.1), "0.1");
}

TEST(RunCharts, ThinsLongLinesAndKeepsTheirPeaksAndTheirEnd) {
    ChartLine line;
    for (int step = 0; step < 100'000; ++step) line.add(step, step == 54'321 ? 99 : step == 77'777 ? -99 : 1);
    line.y.back() = 7;
    const ChartLine thin = thinned(line, 240);
    EXPECT_LE(thin.x.size(), 240U);
    EXPECT_NE(std::find(thin.y.begin(), thin.y.end(), 99), thin.y.end());
    EXPECT_NE(std::find(thin.y.begin(), thin.y.end(), -99), thin.y.end());
    EXPECT_EQ(thin.x.back(), 99'999);
    EXPECT_EQ(thin.y.back(), 7);
    EXPECT_TRUE(std::is_sorted(thin.x.begin(), thin.x.end()));
}

TEST(RunCharts, PutsTheNormsOfQueriesKeysAndValuesTogether) {
    const std::vector<RunArm> arms = run_arms({run_with(
        "dense", 0, {0}, {{"query_gradient_norm", {2}}, {"key_gradient_norm", {3}}, {"value_gradient_norm", {6}}})});
    const Chart chart = run_chart(arms, {.figure = &run_figure("qkv_gradient_norm")}, {}, 5);
    ASSERT_EQ(chart.lines.size(), 1U);
    EXPECT_DOUBLE_EQ(chart.lines[0].y[0], 7);
}

TEST(TrainingWords, SayCostsInUnits) {
    EXPECT_EQ(spent_text(47.6), "48 s");
    EXPECT_EQ(spent_text(192), "3 min 12 s");
    EXPECT_EQ(spent_text(4800), "1 h 20 min");
    EXPECT_EQ(amount_text(612), "612");
    EXPECT_EQ(amount_text(12'345), "12.3 k");
    EXPECT_EQ(amount_text(2.68e6), "2.68 million");
    EXPECT_EQ(flops_text(2.25e13), "22.5 TFLOP");
}

}  // namespace
}  // namespace gatescope
