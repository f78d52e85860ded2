// Heads as points, and components as pictures, without a window.
#include "app/window/scatter_points.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "app/window/component_points.h"
#include "app/window/correlation.h"
#include "app/window/selection.h"
#include "tests/support/fake_spectra.h"

namespace gatescope {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kFraction = "weights/folded/skew_fraction";
constexpr const char* kRank = "weights/folded/skew/effective_rank";

ScatterChoice choice(const std::string& x, const std::string& y) {
    ScatterChoice out;
    out.x = x, out.y = y;
    return out;
}

TEST(Correlation, IsOneForALineAndMinusOneForItsMirror) {
    const std::vector<double> x = {1, 2, 3, 5}, up = {3, 5, 7, 11}, down = {-1, -2, -3, -5};
    EXPECT_DOUBLE_EQ(pearson(x, up), 1);
    EXPECT_DOUBLE_EQ(pearson(x, down), -1);
    EXPECT_DOUBLE_EQ(spearman(x, up), 1);
}

TEST(Correlation, OfRanksSeesAnyRisingCurveAsOne) {
    const std::vector<double> x = {1, 2, 3, 4, 5}, y = {1, 10, 100, 1000, 10'000};
    EXPECT_DOUBLE_EQ(spearman(x, y), 1);
    EXPECT_LT(pearson(x, y), 0.8);
}

// scipy.stats.spearmanr([1, 2, 2, 3, 0], [4, 1, 3, 5, 2]) and pearsonr
TEST(Correlation, GivesEqualValuesTheMeanOfTheirRanks) {
    const std::vector<double> x = {1, 2, 2, 3, 0}, y = {4, 1, 3, 5, 2};
    EXPECT_NEAR(spearman(x, y), 0.41039134, 1e-7);
    EXPECT_NEAR(pearson(x, y), 0.41602515, 1e-7);
}

TEST(Correlation, IsNothingWhereThereIsNoSpreadOrNextToNoPoint) {
    const std::vector<double> same = {2, 2, 2}, x = {1, 2, 3}, two = {1, 2};
    EXPECT_TRUE(std::isnan(pearson(same, x)));
    EXPECT_TRUE(std::isnan(spearman(x, same)));
    EXPECT_TRUE(std::isnan(pearson(two, two)));
}

TEST(Scatter, HasAPointForEveryHeadOfTheModelAndOfTheSurvey) {
    const Snapshot snapshot = fake::spectra_session();
    const Scatter scatter = scatter_of(snapshot, snapshot.run.get(), choice(kFraction, kRank));
    ASSERT_EQ(scatter.sources.size(), 6U);
    EXPECT_TRUE(scatter.sources[0].shown);
    EXPECT_EQ(scatter.sources[0].survey_place, std::nullopt);
    EXPECT_EQ(scatter.sources[3].name, "gpt2-large");
    EXPECT_EQ(scatter.sources[3].survey_place, 2U);
    EXPECT_FALSE(scatter.sources[3].shown);
    EXPECT_EQ(scatter.points.size(), 30U * 9 + 12 * 12 + 24 * 16 + 36 * 20 + 12 * 12 + 24 * 16);
    EXPECT_EQ(scatter.layers, 36);
    const ScatterPoint& point = scatter.points[2 * 9 + 3];
    EXPECT_EQ(point.place, (HeadPlace{2, 3}));
    EXPECT_FLOAT_EQ(static_cast<float>(point.x),
                    snapshot.spectra->spectra->folded->figures.at("skew_fraction").at(2, 3));
    EXPECT_FLOAT_EQ(static_cast<float>(point.y),
                    snapshot.spectra->spectra->folded->skew.ranks.at("effective_rank").at(2, 3));
}

TEST(Scatter, PutsAFigureOfAttentionAgainstOneOfTheKernelForTheModelAlone) {
    const Snapshot snapshot = fake::spectra_session();
    ScatterChoice wish = choice("mass_at_k", kRank);
    wish.k = 16;
    const Scatter scatter = scatter_of(snapshot, snapshot.run.get(), wish);
    ASSERT_EQ(scatter.sources.size(), 1U);
    EXPECT_EQ(scatter.points.size(), 270U);
    EXPECT_FLOAT_EQ(static_cast<float>(scatter.points[0].x), metric_grid(*snapshot.run, *scatter.x, 16)->at(0, 0));
}

TEST(Scatter, ShowsKernelsOfAModelThatIsOpenByItsHeadersAlone) {
    Snapshot snapshot = fake::spectra_session();
    snapshot.run = nullptr;
    snapshot.survey = nullptr;
    snapshot.weights_only = true;
    EXPECT_EQ(scatter_of(snapshot, nullptr, choice(kFraction, kRank)).points.size(), 270U);
    EXPECT_THAT(scatter_of(snapshot, nullptr, choice("entropy", kRank)).points, IsEmpty());
}

TEST(Scatter, ShowsTheModelOnceWhereItIsInTheSurveyToo) {
    Snapshot snapshot = fake::spectra_session();
    auto survey = std::make_shared<SpectraSurvey>(*snapshot.survey);
    survey->models.insert(survey->models.begin() + 1, snapshot.spectra);
    snapshot.survey = survey;
    const Scatter scatter = scatter_of(snapshot, snapshot.run.get(), choice(kFraction, kRank));
    EXPECT_EQ(scatter.sources.size(), 6U);
    EXPECT_EQ(scatter.sources[0].survey_place, 1U);
    EXPECT_TRUE(scatter.sources[0].shown);
}

TEST(Scatter, LeavesOutAndCountsHeadsWithoutAValueOrOffALogarithmicAxis) {
    Snapshot snapshot = fake::spectra_session();
    snapshot.survey = nullptr;
    auto run = std::make_shared<RunResult>(*snapshot.run);
    HeadGrid& entropy = run->concentration->figures["entropy"];
    entropy.values[0] = entropy.values[5] = kNaN;
    entropy.values[1] = 0;
    snapshot.run = run;
    ScatterChoice wish = choice("entropy", "sink_mass");
    const Scatter plain = scatter_of(snapshot, run.get(), wish);
    EXPECT_EQ(plain.points.size(), 268U);
    EXPECT_EQ(plain.without_value, 2U);
    EXPECT_EQ(plain.not_positive, 0U);
    wish.log_x = true;
    const Scatter logarithmic = scatter_of(snapshot, run.get(), wish);
    EXPECT_EQ(logarithmic.points.size(), 267U);
    EXPECT_EQ(logarithmic.not_positive, 1U);
    std::vector<double> logarithms, y;
    for (const ScatterPoint& point : logarithmic.points) {
        logarithms.push_back(std::log(point.x));
        y.push_back(point.y);
    }
    EXPECT_DOUBLE_EQ(logarithmic.pearson, pearson(logarithms, y));
}

Scatter three_points() {
    Scatter out;
    out.points = {{1, 10, {0, 0}, 0}, {2, 20, {0, 1}, 0}, {3, 30, {0, 2}, 0}};
    return out;
}

TEST(Brush, HoldsWhatLiesInTheRectangleWhicheverWayItWasDrawn) {
    const Scatter scatter = three_points();
    EXPECT_THAT(points_in(scatter, {1.5, 3.5, 15, 35}), ElementsAre(1, 2));
    EXPECT_THAT(points_in(scatter, {3.5, 1.5, 35, 15}), ElementsAre(1, 2));
    EXPECT_THAT(points_in(scatter, {1, 1, 10, 10}), ElementsAre(0));
    EXPECT_THAT(points_in(scatter, {1.5, 3.5, 0, 5}), IsEmpty());
}

TEST(Brush, SaysHowManyAndTheirMeans) {
    const ScatterMeans means = means_of(three_points(), {1, 2});
    EXPECT_EQ(means.count, 2U);
    EXPECT_DOUBLE_EQ(means.x, 2.5);
    EXPECT_DOUBLE_EQ(means.y, 25);
    EXPECT_TRUE(std::isnan(means_of(three_points(), {}).x));
}

// u to the right, v up; value 2.
HeadComponent plane() {
    HeadComponent out;
    out.value = 2;
    out.tokens = {{1, 0}, {0, 3}, {-1, 0}, {0, -3}, {0.5F, 0}};
    return out;
}

TEST(ComponentPicture, FindsTheFarthestTokensOfEveryKindAndTheStrongestPair) {
    const ComponentPicture picture = component_picture(plane(), {7, 8, 9, 8, 7}, false);
    EXPECT_FLOAT_EQ(picture.reach, 3);
    EXPECT_THAT(picture.extremes, ElementsAre(1, 0, 2));
    ASSERT_FALSE(picture.strongest.empty());
    EXPECT_FLOAT_EQ(picture.strongest.front().contribution, 6);
}

TEST(ComponentPicture, IsEmptyForTokensOfAnotherText) {
    EXPECT_THAT(component_picture(plane(), {7, 8}, false).extremes, IsEmpty());
}

TEST(ComponentPicture, SendsAQueryToKeysAQuarterTurnOn) {
    const QueryAdds adds = query_adds(plane(), false, 0);
    EXPECT_THAT(adds.by_key, ElementsAre(0, 6, 0, -6, 0));
    EXPECT_FLOAT_EQ(adds.most, 6);
}

TEST(ComponentPicture, HasNothingForKeysThatACausalQueryCantSee) {
    const QueryAdds adds = query_adds(plane(), true, 2);
    EXPECT_FLOAT_EQ(adds.by_key[1], -6);
    EXPECT_TRUE(std::isnan(adds.by_key[3]));
    EXPECT_TRUE(std::isnan(adds.by_key[4]));
}

TEST(ComponentPicture, StacksTokensOfOnePlace) {
    HeadComponent axis;
    axis.routing = false;
    axis.tokens = {{-1, 0}, {-0.99F, 0}, {1, 0}, {0.98F, 0}, {0.97F, 0}, {0, 0}};
    EXPECT_THAT(stacked(axis, 1, 10), ElementsAre(0, 1, 0, 1, 2, 0));
}

TEST(SideLabels, AreEachSaidOnceWithoutTheSpaceInFront) {
    const ComponentSide side = {{1, " the", 3}, {2, "the", 2}, {3, "\n", 1}, {4, " of", 0.5F}};
    EXPECT_THAT(side_labels(side, 5), ElementsAre("the", "↵", "of"));
    EXPECT_THAT(side_labels(side, 1), ElementsAre("the"));
}

}  // namespace
}  // namespace gatescope
