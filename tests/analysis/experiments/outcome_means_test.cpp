#include "analysis/experiments/outcome_means.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "analysis/experiments/experiment_rows.h"
#include "analysis/perplexity.h"
#include "tests/analysis/experiments/made_up_outcomes.h"

namespace gatescope {
namespace {

GateOutcome with_losses(const std::vector<double>& window_nll) {
    GateOutcome out;
    out.window_nll = window_nll;
    out.window_tokens.assign(window_nll.size(), 10);
    return out;
}

// The mean itself left out window by window gives Student's interval of the mean.
TEST(OverWindows, OfALossIsStudentsInterval) {
    const std::vector<double> losses = {2.0, 2.5, 3.1, 2.2, 2.7};
    const GateOutcome gate = with_losses(losses);
    const Quantity found = over_windows({&gate}, [](const std::vector<double>& p) { return std::log(p[0]); });
    const double mean = std::accumulate(losses.begin(), losses.end(), 0.0) / 5;
    double squares = 0;
    for (const double loss : losses) squares += (loss - mean) * (loss - mean);
    const double reach = student_t_95(4) * std::sqrt(squares / 4 / 5);
    EXPECT_NEAR(found.mean, mean, 1e-12);
    EXPECT_NEAR(found.low, mean - reach, 1e-12);
    EXPECT_NEAR(found.high, mean + reach, 1e-12);
    EXPECT_EQ(found.over, "windows");
    EXPECT_EQ(found.count, 5);
}

TEST(OverWindows, PairsGatesWindowByWindow) {
    const GateOutcome a = with_losses({2.0, 3.0, 4.0}), b = with_losses({1.5, 2.5, 3.5});
    const Quantity found =
        over_windows({&a, &b}, [](const std::vector<double>& p) { return std::log(p[0]) - std::log(p[1]); });
    EXPECT_NEAR(found.mean, 0.5, 1e-12);
    EXPECT_NEAR(found.high - found.low, 0, 1e-9) << "the difference is the same in every window";
}

TEST(OverWindows, HasNoIntervalOfOneWindowAndNothingOfNone) {
    const GateOutcome one = with_losses({2.0}), none = with_losses({});
    const auto first = [](const std::vector<double>& p) { return p[0]; };
    EXPECT_NEAR(over_windows({&one}, first).mean, std::exp(2.0), 1e-12);
    EXPECT_TRUE(std::isnan(over_windows({&one}, first).low));
    EXPECT_TRUE(std::isnan(over_windows({&none}, first).mean));
}

TEST(MeanCurve, IsOfTheSeedsThatHaveTheStep) {
    const auto longer = made_up::curve_of({{"perplexity", {90, 60, 50}}});
    const auto shorter = made_up::curve_of({{"perplexity", {80, 70}}});
    const ExperimentSeries series = mean_curve("learned", "learned", {longer.get(), shorter.get()}, "perplexity");
    EXPECT_EQ(series.x, (std::vector<double>{0, 10, 20}));
    EXPECT_EQ(series.y, (std::vector<double>{85, 65, 50}));
    EXPECT_TRUE(series.low.empty());
}

TEST(AddTo, BeginsASeriesWithItsFirstPointAndGivesIntervalsToAllOnceOneHasThem) {
    Quantity single, several;
    single.mean = 5;
    several.mean = 7, several.low = 6, several.high = 8;
    ExperimentChart chart;
    add_to(chart, "learned", "learned", 0, Quantity());
    EXPECT_TRUE(chart.series.empty());
    add_to(chart, "learned", "learned", 0, single);
    add_to(chart, "learned", "learned", 1, several);
    ASSERT_EQ(chart.series.size(), 1U);
    EXPECT_EQ(chart.series[0].y, (std::vector<double>{5, 7}));
    EXPECT_EQ(chart.series[0].low, (std::vector<double>{5, 6}));
    EXPECT_EQ(chart.series[0].high, (std::vector<double>{5, 8}));
}

TEST(LastOf, LeavesOutCurvesThatAreUnderWay) {
    TrainCurve running = *made_up::curve_of({{"f1", {0.1, 0.4}}});
    running.status = "running";
    const auto done = made_up::curve_of({{"f1", {0.1, 0.8}}});
    EXPECT_EQ(last_of({&running, done.get()}, "f1").values, (std::vector<double>{0.8}));
    EXPECT_EQ(first_of({&running, done.get()}, "f1").values, (std::vector<double>{0.1, 0.1}));
}

ExperimentChart with_bars(const std::vector<double>& values) {
    ExperimentChart out;
    out.bars = true;
    for (const double value : values)
        out.series.push_back({.label = "a", .role = "dense", .x = {0}, .y = {value}, .low = {}, .high = {}});
    return out;
}

TEST(ReachesFar, OnlyWhereAFactorOfTenLiesBetweenValues) {
    EXPECT_FALSE(reaches_far(with_bars({})));
    EXPECT_FALSE(reaches_far(with_bars({158.3, std::nan(""), 185.0})));
    EXPECT_FALSE(reaches_far(with_bars({10, 100})));
    EXPECT_TRUE(reaches_far(with_bars({48.6, 601.6})));
}

}  // namespace
}  // namespace gatescope
