// What the panels of routing and filtering draw and say, without a window.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "app/window/depth_charts.h"
#include "app/window/panels/spectrum_facts.h"
#include "app/window/spectra_looks.h"
#include "app/window/spectra_wishes.h"
#include "app/window/spectrum_chart.h"
#include "app/window/survey_requests.h"
#include "app/window/view_settings.h"
#include "tests/support/fake_spectra.h"

namespace gatescope {
namespace {

Theme plain_theme() {
    Theme out;
    out.colours = palette(ThemeKind::kDark);
    return out;
}

// One head whose parts have these values.
Spectra one_head(const std::vector<float>& skew, const std::vector<float>& symmetric) {
    const auto part = [](const std::vector<float>& values) {
        SpectrumPart out;
        out.values = {1, 1, std::ssize(values), values};
        return out;
    };
    Spectra out;
    out.folded.emplace();
    out.folded->skew = part(skew), out.folded->symmetric = part(symmetric), out.folded->whole = part(skew);
    out.folded->skew.ranks["rank_90"] = {1, 1, {2}};
    out.folded->symmetric.ranks["rank_90"] = {1, 1, {3}};
    return out;
}

SpectraView view_of(SpectrumPartChoice part, bool cumulative = false) {
    SpectraView out;
    out.part = part, out.cumulative = cumulative;
    return out;
}

TEST(SpectraWishes, WhatIsThereCoversPartsOfItAtItsOffsetAlone) {
    const SpectraRequest there{.raw = true, .folded = true, .delta = 4, .controls = true};
    EXPECT_TRUE(covers(there, {.raw = true, .delta = 4}));
    EXPECT_FALSE(covers(there, {.raw = true, .delta = 5}));
    EXPECT_FALSE(covers(there, {.raw = true, .delta = 4, .activations = true}));
    EXPECT_TRUE(covers({.activations = true}, {.delta = 9, .activations = true})) << "scores have every offset";
}

TEST(SpectraWishes, NewestOffsetIsWishedForBesideAllThatIsThere) {
    Snapshot snapshot = fake::spectra_session();
    ViewState view;
    view.layout = LayoutId::kSpectra;
    SpectraWishes wishes;
    EXPECT_FALSE(wishes.next(snapshot, view, {}));
    view.spectra.delta = 3;
    const auto first = wishes.next(snapshot, view, {});
    ASSERT_TRUE(first);
    EXPECT_EQ(first->request.delta, 3);
    EXPECT_TRUE(first->request.raw && first->request.folded && first->request.activations);
    EXPECT_FALSE(wishes.next(snapshot, view, {})) << "asked for already";
    view.spectra.delta = 0;
    const auto back = wishes.next(snapshot, view, {});
    EXPECT_FALSE(back) << "it is there";
}

TEST(SpectraWishes, AnotherModelIsAskedForAnew) {
    Snapshot snapshot = fake::snapshot();
    ViewState view;
    view.layout = LayoutId::kSpectra;
    SpectraWishes wishes;
    EXPECT_TRUE(wishes.next(snapshot, view, {}));
    EXPECT_FALSE(wishes.next(snapshot, view, {}));
    snapshot.settings.model_path = "/another/model";
    EXPECT_TRUE(wishes.next(snapshot, view, {}));
    view.layout = LayoutId::kBrowse;
    snapshot.settings.model_path = "/a/third";
    EXPECT_FALSE(wishes.next(snapshot, view, {})) << "nothing shows them";
}

TEST(SpectrumPicture, ValuesOfEachSignFallByThemselves) {
    const Spectra spectra = one_head({}, {3, 1, -2, -4});
    const SpectrumPicture picture =
        spectrum_picture(spectra, view_of(SpectrumPartChoice::kSymmetric), {0, 0}, {}, plain_theme());
    ASSERT_EQ(picture.lines.size(), 2U);
    EXPECT_EQ(picture.lines[0].head, (std::vector<double>{3, 1}));
    EXPECT_EQ(picture.lines[1].head, (std::vector<double>{4, 2}));
    ASSERT_EQ(picture.chart.levels.size(), 1U) << "three of four hold 90 %: those above a magnitude";
    EXPECT_DOUBLE_EQ(picture.chart.levels[0].y, 2);
    EXPECT_EQ(picture.chart.levels[0].label, "90 % in 3");
}

TEST(SpectrumPicture, EnergyCountsBothSignsTogether) {
    const SpectrumPicture picture = spectrum_picture(
        one_head({}, {3, 1, -2, -4}), view_of(SpectrumPartChoice::kSymmetric, true), {0, 0}, {}, plain_theme());
    ASSERT_EQ(picture.lines.size(), 1U);
    const std::vector<double> expected = {16.0 / 30, 25.0 / 30, 29.0 / 30, 1};
    for (std::size_t at = 0; at < 4; ++at) EXPECT_NEAR(picture.lines[0].head[at], expected[at], 1e-12);
}

TEST(SpectrumPicture, RandomKernelsAreAsLargeAsTheHead) {
    Spectra spectra = one_head({4, 3}, {});
    spectra.controls.emplace();
    spectra.controls->kernels.skew = {{0.5F, 0.4F}, {0.6F, 0.5F}, {0.7F, 0.6F}};
    const SpectrumPicture picture =
        spectrum_picture(spectra, view_of(SpectrumPartChoice::kSkew), {0, 0}, {}, plain_theme());
    ASSERT_EQ(picture.lines[0].low.size(), 2U);
    EXPECT_NEAR(picture.lines[0].low[0], 5 * 0.5, 1e-6) << "the norm of the whole kernel is 5";
    EXPECT_NEAR(picture.lines[0].high[1], 5 * 0.6, 1e-6);
    EXPECT_TRUE(picture.random);
    SpectraView without = view_of(SpectrumPartChoice::kSkew);
    without.controls = false;
    EXPECT_FALSE(spectrum_picture(spectra, without, {0, 0}, {}, plain_theme()).random);
}

// As anybody's capture may have.
TEST(SpectrumPicture, WhatIsNoNumberHasNoPlaceAmongTheValues) {
    const float none = std::nanf("");
    Spectra spectra = one_head({none, 2, none, 3}, {});
    spectra.controls.emplace();
    spectra.controls->kernels.skew = {{none, 0.4F}, {0.6F, 0.5F}, {0.7F, 0.6F}};
    spectra.folded->whole.values.values = {4, 3, 0, 0};
    const SpectrumPicture picture =
        spectrum_picture(spectra, view_of(SpectrumPartChoice::kSkew), {0, 0}, {}, plain_theme());
    EXPECT_EQ(picture.lines[0].head, (std::vector<double>{3, 2}));
    ASSERT_EQ(picture.lines[0].low.size(), 1U);
    EXPECT_NEAR(picture.lines[0].low[0], 5 * 0.4, 1e-6);
}

TEST(SpectrumPicture, AKernelOfZerosHasAnEmptyChart) {
    for (const bool cumulative : {false, true}) {
        SpectrumPicture picture = spectrum_picture(
            one_head({0, 0}, {0, 0}), view_of(SpectrumPartChoice::kSkew, cumulative), {0, 0}, {}, plain_theme());
        EXPECT_TRUE(picture.chart.empty());
        picture.chart.fit(5);
        EXPECT_LT(picture.chart.y.least, picture.chart.y.most);
    }
}

TEST(SpectrumFacts, StandBesideWhatRandomKernelsHave) {
    const auto model = fake::spectra();
    const auto facts = spectrum_facts(*model->spectra, view_of(SpectrumPartChoice::kSkew), {11, 4});
    ASSERT_EQ(facts.size(), 7U);
    EXPECT_EQ(facts[0].label, "Effective rank");
    EXPECT_TRUE(facts[0].control.starts_with("random ")) << facts[0].control;
    EXPECT_EQ(facts[1].value.find('.'), std::string::npos) << "components are counted: " << facts[1].value;
    EXPECT_EQ(facts[4].control, "random 49.2 – 50.7 %");
    const auto seen = spectrum_facts(*model->spectra, view_of(SpectrumPartChoice::kActivations), {11, 4});
    EXPECT_EQ(seen.front().label, "Routing fraction");
    EXPECT_TRUE(seen.front().control.empty());
}

TEST(DepthCharts, SpreadsLeaveOutHeadsWithoutAValue) {
    const HeadGrid grid{2, 3, {1, kNaN, 4, kNaN, kNaN, kNaN}};
    const LayerSpread first = layer_spread(grid, 0);
    EXPECT_DOUBLE_EQ(first.mean, 2.5);
    EXPECT_DOUBLE_EQ(first.low, 1);
    EXPECT_DOUBLE_EQ(first.high, 4);
    EXPECT_TRUE(std::isnan(layer_spread(grid, 1).mean));
}

TEST(DepthCharts, RoutingAndFilteringShareTheNorm) {
    const auto model = fake::spectra();
    const Chart chart = fraction_chart(*model, {KernelForm::kFolded, "effective_rank", 11, 4}, plain_theme());
    const auto line = [&](const std::string& label) {
        return *std::find_if(chart.lines.begin(), chart.lines.end(),
                             [&](const ChartLine& each) { return each.label == label; });
    };
    ASSERT_EQ(line("routing").y.size(), 30U);
    for (std::size_t layer = 0; layer < 30; ++layer)
        EXPECT_NEAR(line("routing").y[layer] + line("filtering").y[layer], 1, 1e-6);
    EXPECT_EQ(chart.bands.size(), 2U);
    EXPECT_EQ(line("routing, selected head").y.size(), 30U);
}

TEST(DepthCharts, SeveralCheckpointsAreDrawnByShareOfTheirDepth) {
    const auto survey = fake::survey();
    std::vector<CheckpointLine> models;
    for (const auto& model : survey->models) models.push_back({model, {}});
    const auto charts = rank_charts(models, {}, plain_theme());
    ASSERT_EQ(charts[0].lines.size(), 5U);
    for (const ChartLine& line : charts[1].lines) {
        EXPECT_DOUBLE_EQ(line.x.front(), 0);
        EXPECT_DOUBLE_EQ(line.x.back(), 1);
    }
    EXPECT_DOUBLE_EQ(charts[0].y.most, charts[1].y.most) << "read against each other";
    const auto open = rank_charts({{fake::spectra(), {}}}, {}, plain_theme());
    ASSERT_EQ(open[0].lines.size(), 2U) << "random projections beside a model of its own";
    EXPECT_GT(open[0].lines[1].y.back(), open[0].lines[0].y.back());
    const auto one = rank_charts({models[0]}, {}, plain_theme());
    EXPECT_DOUBLE_EQ(one[0].lines[0].x.back(), 11) << "layers, where there is one";
}

TEST(DepthCharts, SayHowMuchOfItsCapacityRoutingUses) {
    auto spectra = std::make_shared<Spectra>();
    spectra->activations.emplace();
    spectra->activations->capacity = 128;
    spectra->activations->skew.ranks["effective_rank"] = {1, 2, {8, 24}};
    spectra->folded.emplace();
    spectra->folded->skew.ranks["effective_rank"] = {1, 2, {60, 70}};
    ModelSpectra model;
    model.model = fake::model({1, 2, 16, 1});
    model.spectra = spectra;
    EXPECT_EQ(capacity_words(model, {}),
              "Routing runs at 16.0 of 128: 12 % of its capacity; its weight kernels have 65.0.");
    EXPECT_EQ(capacity_charts(model, {}, plain_theme())[0].levels.at(0).y, 128);
}

TEST(Derived, FiguresOfSpectraNeedNoRun) {
    ViewState view;
    view.metric = "weights/folded/positivity";
    const auto spectra = fake::spectra({4, 3, 16, 1});
    const Derived derived = derive(nullptr, {}, view, spectra);
    ASSERT_NE(derived.grid, nullptr);
    EXPECT_EQ(derived.layers.size(), 4U);
    EXPECT_TRUE(derived.diverging) << "a signed figure, whatever its values";
    EXPECT_EQ(derived.metric_label, "Positivity, folded");
}

TEST(Derived, SpectraOfACaptureAreThoseShown) {
    const Snapshot session = fake::spectra_session({4, 3, 16, 1});
    const Derived derived = derive(session.run.get(), {}, {});
    ASSERT_NE(derived.spectra, nullptr);
    EXPECT_EQ(derived.spectra->spectra, session.run->spectra);
}

TEST(SurveyForm, RefusesWhatIsNotThereInOneLine) {
    SpectraView view;
    EXPECT_EQ(check_survey(view).why_not, "add a checkpoint");
    add_survey_path(view, "sample");
    add_survey_path(view, "sample");
    EXPECT_EQ(survey_paths(view).size(), 1U) << "once is enough";
    EXPECT_EQ(check_survey(view).why_not, "");
    add_survey_path(view, "/nowhere/gpt2");
    EXPECT_EQ(check_survey(view).errors.at("models"), "gpt2 is not there");
    drop_survey_path(view, 1);
    view.survey_path = "/nowhere/survey.h5";
    EXPECT_EQ(check_survey(view).errors.at("path"), "there is no such folder");
}

TEST(ViewSettings, SpectraComeBackAsTheyWereLeft) {
    ViewState view, again;
    WindowSize size;
    view.layout = LayoutId::kSpectra;
    view.spectra.form = KernelForm::kRaw;
    view.spectra.delta = 17;
    view.spectra.rank = "stable_rank";
    view.spectra.part = SpectrumPartChoice::kActivations;
    view.spectra.depth = DepthChart::kCapacity;
    view.spectra.controls = view.spectra.logarithmic = false;
    view.spectra.survey_models = "sample\n/a/b\n";
    words_to_view(view_to_words(view, size), again, size);
    EXPECT_EQ(view_to_words(again, size), view_to_words(view, size));
    EXPECT_EQ(again.spectra.delta, 17);
    EXPECT_EQ(again.spectra.part, SpectrumPartChoice::kActivations);
    auto broken = view_to_words(view, size);
    broken["kernels"] = "boiled", broken["rank"] = "tallness", broken["offset"] = "-3";
    ViewState third;
    words_to_view(broken, third, size);
    EXPECT_EQ(third.spectra.form, KernelForm::kFolded);
    EXPECT_EQ(third.spectra.rank, "effective_rank");
    EXPECT_EQ(third.spectra.delta, 0);
}

}  // namespace
}  // namespace gatescope
