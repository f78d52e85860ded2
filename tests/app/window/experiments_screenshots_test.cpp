// Pictures of the layout Experiments in its states, from made-up experiments: for people to look at.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "analysis/experiments/experiments.h"
#include "tests/analysis/experiments/made_up_outcomes.h"
#include "tests/app/window/window_harness.h"
#include "tests/support/fake_experiments.h"

namespace gatescope {
namespace {

struct ExperimentLook {
    std::string name, page = "soft-gating";
    ThemeKind theme = ThemeKind::kDark;
    int width = 1600, height = 1000;
    std::function<void(ViewState&, Snapshot&)> change = [](ViewState&, Snapshot&) {};
    float scale = 1;
};

void picture_of(const ExperimentLook& look) {
    ViewState view;
    view.layout = LayoutId::kExperiments;
    view.theme = look.theme;
    view.experiments.experiment = look.page;
    Snapshot shown = fake::experiment_session();
    look.change(view, shown);
    write_picture(look.name, std::move(shown), view, {.width = look.width, .height = look.height, .scale = look.scale});
}

class ExperimentScreenshots : public testing::TestWithParam<ExperimentLook> {};

TEST_P(ExperimentScreenshots, AreWrittenForEveryState) {
    picture_of(GetParam());
}

void start(ViewState&, Snapshot& shown) {
    shown.experiments.clear();
    shown.proposal = fake::proposal("soft-gating");
}
void measuring(ViewState&, Snapshot& shown) {
    shown.experiments.clear();
    shown.proposal = fake::proposal("distill-onto", false);
}
void wrong(ViewState& view, Snapshot& shown) {
    ExperimentDraft& draft = view.experiments.drafts["soft-gating"];
    draft.values["steps"] = "many", draft.seeds = "0, one";
    draft.changes = "train.bitch=8";
    auto failed = std::make_shared<ExperimentView>(*fake::experiment({"soft-gating", 9, "failed"}));
    failed->message =
        "soft-random-seed-0: the disk is full: its next checkpoint needs 12.4 MB, 3.1 MB are free; make "
        "room and go on";
    failed->warnings = {"resumed with 2 threads, 4 trained it: the numbers will not repeat to the bit"};
    shown.experiments = {failed};
}
void half(ViewState&, Snapshot& shown) {
    shown.experiments[1] = fake::experiment({"absorption-gradient", 36, "running"});
}
void steps(ViewState& view, Snapshot& shown) {
    half(view, shown);
    view.experiments.steps = true, view.experiments.more = true;
}

INSTANTIATE_TEST_SUITE_P(
    Layout, ExperimentScreenshots,
    testing::Values(
        ExperimentLook{"experiments_done"}, ExperimentLook{"experiments_light", "soft-gating", ThemeKind::kLight},
        ExperimentLook{"experiments_running", "absorption-gradient", ThemeKind::kDark, 1600, 1000, half},
        ExperimentLook{"experiments_running_light", "absorption-gradient", ThemeKind::kLight, 1600, 1000, steps},
        ExperimentLook{"experiments_small", "soft-gating", ThemeKind::kDark, 1280, 800},
        ExperimentLook{"experiments_small_running", "absorption-gradient", ThemeKind::kDark, 1280, 800, half},
        ExperimentLook{"experiments_large_type", "soft-gating", ThemeKind::kDark, 1900, 1180,
                       [](ViewState&, Snapshot&) {}, 1.25F},
        ExperimentLook{"experiments_start", "soft-gating", ThemeKind::kDark, 1600, 1000, start},
        ExperimentLook{"experiments_measuring", "distill-onto", ThemeKind::kDark, 1600, 1000, measuring},
        ExperimentLook{"experiments_wrong", "soft-gating", ThemeKind::kDark, 1600, 1000, wrong}),
    [](const auto& look) { return look.param.name; });

// Every experiment of the list as it ends, its table and charts made of made-up outcomes by its own file.
class EveryExperiment : public testing::TestWithParam<std::string> {};

TEST_P(EveryExperiment, HasAPictureOfItsEnd) {
    const ExperimentInfo& info = find_experiment(GetParam());
    const auto plan = std::make_shared<const ExperimentPlan>(made_up::plan_of(info.id, "tiny"));
    auto result = std::make_shared<ExperimentResult>(*fake::experiment({info.id, 999, "done"})->result);
    result->plan = plan;
    result->outcomes = made_up::all_done(*plan);
    result->summary = info.summarise(*plan, result->outcomes);
    EXPECT_FALSE(result->summary.charts.empty());
    EXPECT_FALSE(result->summary.rows.empty());
    auto shown = std::make_shared<ExperimentView>(*fake::experiment({info.id, 999, "done"}));
    shown->result = result;
    picture_of({"experiments_" + info.id, info.id, ThemeKind::kDark, 1600, 1000,
                [&](ViewState&, Snapshot& snapshot) { snapshot.experiments = {shown}; }});
    picture_of({"experiments_small_" + info.id, info.id, ThemeKind::kLight, 1280, 800,
                [&](ViewState& view, Snapshot& snapshot) {
                    view.experiments.chart = "all";
                    snapshot.experiments = {shown};
                }});
}

INSTANTIATE_TEST_SUITE_P(List, EveryExperiment, testing::ValuesIn([] {
                             std::vector<std::string> ids;
                             for (const ExperimentInfo& each : experiments()) ids.push_back(each.id);
                             return ids;
                         }()),
                         [](const auto& id) {
                             std::string name = id.param;
                             std::replace(name.begin(), name.end(), '-', '_');
                             return name;
                         });

}  // namespace
}  // namespace gatescope
