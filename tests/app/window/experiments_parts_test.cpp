// Charts and words of experiments, without a window.
#include <gtest/gtest.h>

#include <cmath>

#include "app/window/experiment_charts.h"
#include "app/window/experiment_draft.h"
#include "app/window/experiment_follower.h"
#include "app/window/experiment_state.h"
#include "tests/support/fake_experiments.h"

namespace gatescope {
namespace {

ExperimentChart bars(const std::vector<ExperimentSeries>& series) {
    ExperimentChart out;
    out.id = "arms", out.bars = true;
    out.categories = {"first", "second"};
    out.series = series;
    return out;
}

TEST(ExperimentCharts, PutsBarsOfACategoryBesideEachOther) {
    const Chart chart = experiment_chart(
        bars({{"a", "learned", {0, 1}, {3, 4}, {}, {}}, {"b", "random", {0, 1}, {5, 6}, {}, {}}}), {}, 6);
    ASSERT_EQ(chart.lines.size(), 2U);
    EXPECT_LT(chart.lines[0].x[0] + chart.lines[0].bar_width / 2, chart.lines[1].x[0] - chart.lines[1].bar_width / 2);
    EXPECT_LT(chart.lines[1].x[0] + chart.lines[1].bar_width / 2, 0.5) << "its own category";
    EXPECT_EQ(chart.y.least, 0) << "bars stand on 0";
    EXPECT_EQ(chart.x.text(1), "second");
}

TEST(ExperimentCharts, GivesBarsOfOneEachAllOfTheirCategory) {
    const Chart chart =
        experiment_chart(bars({{"a", "learned", {0}, {3}, {2}, {4}}, {"b", "random", {1}, {5}, {4}, {6}}}), {}, 6);
    EXPECT_EQ(chart.lines[0].x[0], 0);
    EXPECT_GT(chart.lines[0].bar_width, 0.7);
    EXPECT_GE(chart.y.most, 6) << "intervals are in sight";
}

TEST(ExperimentCharts, ShowsAnExactZeroOnALogarithmicAxis) {
    ExperimentChart from;
    from.log_y = true;
    from.series = {{"hard", "learned", {1, 2}, {0, 0}, {}, {}}, {"soft", "random", {1, 2}, {0.1, 0.2}, {}, {}}};
    const Chart chart = experiment_chart(from, {}, 6);
    EXPECT_TRUE(chart.y.logarithmic);
    EXPECT_EQ(chart.y.text(chart.lines[0].y[0]), "0");
    EXPECT_TRUE(point_words(from, chart, 0, 1).value.starts_with("0")) << "told as it is";
}

TEST(ExperimentCharts, ShadesTheGapWhereBothHaveAPoint) {
    ExperimentChart from;
    from.shade_gap = true;
    from.series = {{"random", "random", {0, 1, 2}, {9, 7, std::nan("")}, {}, {}},
                   {"learned", "learned", {0, 1, 2}, {4, 5, 5}, {}, {}}};
    const Chart chart = experiment_chart(from, {}, 6);
    ASSERT_EQ(chart.bands.size(), 1U);
    EXPECT_EQ(chart.bands[0].x, (std::vector<double>{0, 1}));
    EXPECT_EQ(chart.bands[0].high, (std::vector<double>{9, 7}));
}

TEST(ExperimentCharts, LeavesOutWhatHasNoPointYet) {
    ExperimentChart from;
    from.series = {{"there", "dense", {0, 1}, {2, 3}, {}, {}}, {"not yet", "learned", {}, {}, {}, {}}};
    from.levels = {{"paper", "paper", std::nan("")}, {"dense", "dense", 2.5}};
    const Chart chart = experiment_chart(from, {}, 6);
    EXPECT_EQ(chart.lines.size(), 1U);
    ASSERT_EQ(chart.levels.size(), 1U);
    EXPECT_EQ(chart.levels[0].label, "dense 2.5");
}

TEST(ExperimentCharts, TellsAPointWithItsInterval) {
    const ExperimentChart from = bars({{"a", "learned", {1}, {66.8}, {65.4}, {68.2}}});
    const PointWords words = point_words(from, experiment_chart(from, {}, 6), 0, 0);
    EXPECT_EQ(words.where, "second");
    EXPECT_EQ(words.value, "66.8, 95 % interval 65.4 to 68.2");
}

TEST(ExperimentState, SaysHowEachStands) {
    EXPECT_EQ(state_words(nullptr), "not run");
    EXPECT_EQ(state_words(fake::experiment({"soft-gating", 0, "waiting"}).get()), "waiting");
    EXPECT_EQ(state_words(fake::experiment({"soft-gating", 99, "done"}).get()), "supports the paper");
    EXPECT_TRUE(state_words(fake::experiment({"soft-gating", 3, "stopped"}).get()).starts_with("stopped at 3 of "));
    const std::string running = state_words(fake::experiment({"soft-gating", 3, "running"}).get());
    EXPECT_TRUE(running.starts_with("3 of ") && running.ends_with(" left")) << running;
}

TEST(ExperimentFollower, LeadsToWhatIsNewAndNotToWhatIsOpenedAgain) {
    ViewState view;
    view.experiments.listed = {"/experiments/concentration"};
    ExperimentFollower follower;
    Snapshot shown;
    follower.follow(shown, view);
    shown.experiments = {fake::experiment({"concentration", 99, "done"})};
    follower.follow(shown, view);
    EXPECT_EQ(view.layout, LayoutId::kBrowse) << "it was there the last time";
    shown.experiments.push_back(fake::experiment({"soft-gating", 99, "done"}));
    follower.follow(shown, view);
    EXPECT_EQ(view.layout, LayoutId::kExperiments);
    EXPECT_EQ(view.experiments.experiment, "soft-gating");
    view.layout = LayoutId::kGates;
    shown.experiments.back() = fake::experiment({"soft-gating", 4, "running"});
    follower.follow(shown, view);
    EXPECT_EQ(view.layout, LayoutId::kGates) << "news of it is nothing new";
}

TEST(ExperimentDraft, OfASettingAsksForTheSame) {
    ExperimentSetting setting;
    setting.experiment = "soft-gating", setting.scale = "quick", setting.seeds = {0, 3};
    setting.values = {{"steps", std::int64_t{12}}};
    setting.changes = {"data.text=sample", "train.batch=4"};
    const ExperimentDraft draft = draft_of_setting(setting);
    EXPECT_FALSE(is_untouched(draft));
    EXPECT_EQ(check_experiment({}, find_experiment("soft-gating"), draft).command.setting, setting);
}

TEST(ExperimentFollower, FillsAFormThatSaysNothingYet) {
    ViewState view;
    view.experiments.drafts["concentration"].seeds = "9";
    ExperimentFollower follower;
    Snapshot shown;
    follower.follow(shown, view);
    for (const char* id : {"soft-gating", "concentration"}) {
        auto opened = std::make_shared<ExperimentView>(*fake::experiment({id, 3, "stopped"}));
        auto result = std::make_shared<ExperimentResult>(*opened->result);
        auto plan = std::make_shared<ExperimentPlan>(*result->plan);
        plan->setting.seeds = {5};
        result->plan = plan;
        opened->result = result;
        shown.experiments.push_back(opened);
        follower.follow(shown, view);
    }
    EXPECT_EQ(view.experiments.drafts["soft-gating"].seeds, "5");
    EXPECT_EQ(view.experiments.drafts["concentration"].seeds, "9") << "what was typed stays";
}

}  // namespace
}  // namespace gatescope
