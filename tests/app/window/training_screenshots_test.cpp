// Pictures of the layout Training in its states, from made-up runs: for people to look at.
#include <gtest/gtest.h>

#include <functional>

#include "app/window/recipe_draft.h"
#include "tests/app/window/window_harness.h"
#include "tests/support/fake_training.h"

namespace gatescope {
namespace {

struct TrainingLook {
    std::string name;
    ThemeKind theme = ThemeKind::kDark;
    int width = 1600, height = 1000;
    std::function<void(ViewState&, Snapshot&)> change = [](ViewState&, Snapshot&) {};
    float scale = 1;
};

class TrainingScreenshots : public testing::TestWithParam<TrainingLook> {};

TEST_P(TrainingScreenshots, AreWrittenForEveryState) {
    const TrainingLook& look = GetParam();
    ViewState view;
    view.layout = LayoutId::kTraining;
    view.theme = look.theme;
    view.training.recipe.folder = "/nowhere/runs/tiny";
    Snapshot shown = fake::training_session();
    look.change(view, shown);
    write_picture(look.name, std::move(shown), view, {.width = look.width, .height = look.height, .scale = look.scale});
}

void one_figure(ViewState& view, Snapshot&) {
    view.training.figure = "gate_gradient_norm";
}
void layers(ViewState& view, Snapshot& shown) {
    view.training.recipe = draft_of("tiny-soft-gates");
    view.training.figure = "mass_at_k", view.training.by_layer = true;
    view.training.run = shown.runs[2]->folder;
}
void wrong(ViewState& view, Snapshot& shown) {
    fill_draft(view.training.recipe);
    view.training.recipe.folder.clear();
    view.training.recipe.values["train.steps"] = "many";
    view.training.recipe.values["train.betas"] = "";
    view.training.recipe.arms = {
        {"dense", ""}, {"soft-learned", "gate.gate=soft-learned\ntrain.steps=500"}, {"odd", "gate.gait=oracle"}};
    view.training.unfolded = {"train"};
    auto failed = std::make_shared<RunView>(*shown.runs[4]);
    failed->status = "paused";
    failed->message =
        "the disk is full: /runs/soft/soft-random-seed-0 needs 12.4 MB for its next checkpoint, 3.1 MB "
        "are free; make room and resume";
    failed->warnings = {"resumed with 2 threads, 4 trained it: the numbers will not repeat to the bit"};
    ++failed->id;
    shown.runs[4] = failed;
    view.training.run = failed->folder;
}
void start(ViewState& view, Snapshot& shown) {
    view.training.recipe.folder.clear();
    shown.runs.clear();
    shown.shown_run.clear(), shown.shown_step = -1;
}
void begun(ViewState& view, Snapshot& shown) {
    view.training.recipe.folder.clear();
    shown.runs = {fake::training({"dense", 0, 0, 500, 50, "running"})};
    shown.shown_run.clear(), shown.shown_step = -1;
}

INSTANTIATE_TEST_SUITE_P(
    Layout, TrainingScreenshots,
    testing::Values(TrainingLook{"training_dark"}, TrainingLook{"training_light", ThemeKind::kLight},
                    TrainingLook{"training_small", ThemeKind::kDark, 1280, 720},
                    TrainingLook{"training_small_light", ThemeKind::kLight, 1280, 720, one_figure},
                    TrainingLook{"training_large_type", ThemeKind::kDark, 1900, 1180, one_figure, 1.25F},
                    TrainingLook{"training_layers", ThemeKind::kDark, 1600, 1000, layers},
                    TrainingLook{"training_layers_light", ThemeKind::kLight, 1600, 1000, layers},
                    TrainingLook{"training_wrong", ThemeKind::kDark, 1600, 1000, wrong},
                    TrainingLook{"training_start", ThemeKind::kDark, 1600, 1000, start},
                    TrainingLook{"training_begun", ThemeKind::kDark, 1600, 1000, begun}),
    [](const auto& look) { return look.param.name; });

}  // namespace
}  // namespace gatescope
