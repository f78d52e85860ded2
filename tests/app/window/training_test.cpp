// Training runs as a user sets them up, starts, follows, stops, resumes and looks into.
#include <cmath>
#include <fstream>

#include "app/window/recipe_draft.h"
#include "app/window/run_arms.h"
#include "app/window/run_charts.h"
#include "app/window/view_settings.h"
#include "model/core/error.h"
#include "tests/app/window/training_fixture.h"

namespace gatescope {
namespace {

TEST_F(TrainingLayout, IsReachedByItsKeyAndExperimentsByTheNext) {
    window.shell().view().layout = LayoutId::kBrowse;
    act([](ImGuiTestContext* test) { test->KeyPress(ImGuiKey_5); });
    EXPECT_EQ(window.shell().view().layout, LayoutId::kTraining);
    act([](ImGuiTestContext* test) { test->KeyPress(ImGuiKey_6); });
    EXPECT_EQ(window.shell().view().layout, LayoutId::kExperiments);
}

TEST_F(TrainingLayout, HasARowForEveryFieldThatApplies) {
    unfold_all();
    const ParamValues values = draft_values(draft());
    std::size_t rows = 0;
    for (const RecipeField& field : recipe_fields()) {
        const std::string menu = "//Recipe/**/###" + field.name(), other = "//Recipe/**/##" + field.name();
        EXPECT_EQ(there(field.choices.empty() ? other : menu), field.applies_to(values)) << field.name();
        rows += field.applies_to(values) ? 1U : 0U;
    }
    EXPECT_GT(rows, 20U);
}

TEST_F(TrainingLayout, ShowsFieldsOfACheckpointOnceOneIsTrained) {
    EXPECT_FALSE(there("//Recipe/**/##model.checkpoint"));
    act([](ImGuiTestContext* test) {
        test->ItemClick("//Recipe/**/###model.from");
        test->ItemClick("//$FOCUSED/checkpoint");
    });
    window.settle();
    EXPECT_TRUE(there("//Recipe/**/##model.checkpoint"));
    EXPECT_FALSE(there("//Recipe/**/##model.n_layers"));
}

TEST_F(TrainingLayout, FoldsSeldomFieldsAwayUnlessTheyAreWrong) {
    EXPECT_FALSE(there("//Recipe/**/##train.clip"));
    click("//Recipe/**/###fold train");
    EXPECT_TRUE(there("//Recipe/**/##train.clip"));
    click("//Recipe/**/###fold train");
    EXPECT_FALSE(there("//Recipe/**/##train.clip"));
    draft().values["train.clip"] = "-3";
    window.settle();
    EXPECT_TRUE(there("//Recipe/**/##train.clip")) << "what is wrong is never out of sight";
}

TEST_F(TrainingLayout, StartsTheRecipeOfTheForm) {
    type("//Recipe/**/##train.steps", "120");
    type("//Recipe/**/##gate.gate", "soft-learned");
    type("//Recipe/**/##seeds", "3, 4");
    click("//Recipe/**/###start");
    const auto* sent = engine.last<StartRuns>();
    ASSERT_NE(sent, nullptr);
    EXPECT_EQ(integer(sent->recipe.values, "train.steps"), 120);
    EXPECT_EQ(text(sent->recipe.values, "gate.gate"), "soft-learned");
    EXPECT_EQ(sent->recipe.seeds, (std::vector<std::int64_t>{3, 4}));
    EXPECT_EQ(sent->folder, draft().folder);
    EXPECT_FALSE(sent->overwrite);
    Recipe rest = sent->recipe, own = read_recipe(draft().source);
    rest.values["train.steps"] = own.values["train.steps"], rest.values["gate.gate"] = own.values["gate.gate"];
    EXPECT_EQ(rest.values, own.values) << "all else is as the recipe has it";
}

TEST_F(TrainingLayout, FillsTheFormWithAnyOfOurRecipesUnchanged) {
    for (const OurRecipe& recipe : our_recipes()) {
        draft() = draft_of(recipe.id);
        draft().folder = (files_.path() / "runs").string();
        window.settle();
        click("//Recipe/**/###start");
        const auto* sent = engine.last<StartRuns>();
        ASSERT_NE(sent, nullptr) << recipe.id;
        EXPECT_EQ(sent->recipe, read_recipe(recipe.id)) << recipe.id;
    }
}

TEST_F(TrainingLayout, SaysWhatIsWrongAtItsFieldAndDoesNotStart) {
    type("//Recipe/**/##train.steps", "many");
    EXPECT_TRUE(disabled("//Recipe/**/###start"));
    EXPECT_EQ(draft().values["train.steps"], "many") << "what was typed stays";
    const CheckedRecipe checked = check_recipe(*engine.snapshot(), draft());
    ASSERT_TRUE(checked.errors.contains("train.steps"));
    EXPECT_NE(checked.why_not.find("Steps"), std::string::npos) << checked.why_not;
    type("//Recipe/**/##train.steps", "200");
    EXPECT_FALSE(disabled("//Recipe/**/###start"));
}

TEST_F(TrainingLayout, BlamesTheFieldThatContradictsAnother) {
    type("//Recipe/**/##model.n_heads", "7");
    const CheckedRecipe checked = check_recipe(*engine.snapshot(), draft());
    ASSERT_EQ(checked.errors.size(), 1U);
    EXPECT_TRUE(checked.errors.begin()->first.starts_with("model.")) << checked.errors.begin()->first;
    EXPECT_TRUE(disabled("//Recipe/**/###start"));
}

TEST_F(TrainingLayout, TrainsArmsThatAreAdded) {
    click("//Recipe/**/Add an arm");
    click("//Recipe/**/Add an arm");
    ASSERT_EQ(draft().arms.size(), 2U);
    draft().arms[0] = {"dense", ""};
    draft().arms[1] = {"learned", "gate.gate=soft-learned\ntrain.layers = 0-1"};
    window.settle();
    click("//Recipe/**/###start");
    const auto* sent = engine.last<StartRuns>();
    ASSERT_NE(sent, nullptr);
    ASSERT_EQ(sent->recipe.arms.size(), 2U);
    EXPECT_TRUE(sent->recipe.arms[0].changes.empty());
    EXPECT_EQ(text(sent->recipe.arms[1].changes, "gate.gate"), "soft-learned");
    EXPECT_EQ(text(sent->recipe.arms[1].changes, "train.layers"), "0-1");
    draft().arms[1].changes = "gate.gait=soft-learned";
    window.settle();
    EXPECT_TRUE(disabled("//Recipe/**/###start"));
    EXPECT_NE(check_recipe(*engine.snapshot(), draft()).why_not.find("gate.gate"), std::string::npos)
        << "the nearest name";
}

TEST_F(TrainingLayout, AsksBeforeAFolderIsOverwritten) {
    const std::string folder = draft().folder;
    std::filesystem::create_directories(folder);
    EXPECT_FALSE(disabled("//Recipe/**/###start")) << "an empty one is as good as none";
    std::ofstream(std::filesystem::path(folder) / "notes.txt") << "mine";
    show([](Snapshot&) {});
    EXPECT_TRUE(disabled("//Recipe/**/###start"));
    click("//Recipe/**/##overwrite");
    click("//Recipe/**/###start");
    ASSERT_NE(engine.last<StartRuns>(), nullptr);
    EXPECT_TRUE(engine.last<StartRuns>()->overwrite);
    EXPECT_FALSE(draft().overwrite) << "once";
}

TEST_F(TrainingLayout, SavesTheFormAsARecipeAndOpensIt) {
    type("//Recipe/**/##train.steps", "777");
    const std::string path = (files_.path() / "mine.json").string();
    act([&](ImGuiTestContext* test) {
        test->ItemClick("//Recipe/**/Save as…");
        test->ItemInputValue("//Save the recipe as/##path", path.c_str());
    });
    ASSERT_TRUE(std::filesystem::exists(path));
    EXPECT_EQ(integer(read_recipe(path).values, "train.steps"), 777);
    EXPECT_EQ(draft().source, path);
    draft() = draft_of(our_recipes().front().id);
    window.settle();
    act([&](ImGuiTestContext* test) {
        test->ItemClick("//Recipe/###recipe");
        test->ItemClick("//$FOCUSED/Open…");
        test->ItemInputValue("//Open a recipe/##path", path.c_str());
    });
    EXPECT_EQ(draft().values["train.steps"], "777");
}

TEST_F(TrainingLayout, GivesBackWhatAnotherRecipeTookThePlaceOf) {
    type("//Recipe/**/##train.steps", "123");
    const auto choose = [&](const std::string& choice) {
        act([&](ImGuiTestContext* test) {
            test->ItemClick("//Recipe/###recipe");
            test->ItemClick(("//$FOCUSED/" + choice).c_str());
        });
        window.settle();
    };
    choose("small");
    EXPECT_NE(draft().values["train.steps"], "123");
    choose("Back to the form as it was");
    EXPECT_EQ(draft().values["train.steps"], "123");
}

TEST_F(TrainingLayout, SaysWhyARecipeFileCannotBeRead) {
    const std::string path = (files_.path() / "broken.json").string();
    std::ofstream(path) << R"({"format": "gatescope-recipe", "version": 1, "train": {"stops": 3}})";
    act([&](ImGuiTestContext* test) {
        test->ItemClick("//Recipe/###recipe");
        test->ItemClick("//$FOCUSED/Open…");
        test->ItemInputValue("//Open a recipe/##path", path.c_str());
    });
    EXPECT_NE(view().problem.find("stops"), std::string::npos) << view().problem;
    EXPECT_NE(draft().source, path) << "the form stays";
}

TEST_F(TrainingLayout, PausesResumesStopsAndRemovesTheSelectedRun) {
    const auto& runs = engine.snapshot()->runs;
    const std::string training = runs[4]->folder, waiting = runs[5]->folder;
    click("//Training/**/###pause");
    ASSERT_NE(engine.last<PauseRun>(), nullptr) << "nothing is selected: the one that trains";
    EXPECT_EQ(engine.last<PauseRun>()->folder, training);
    show([](Snapshot& next) {
        auto paused = std::make_shared<RunView>(*next.runs[4]);
        paused->status = "paused", ++paused->id;
        next.runs[4] = paused;
    });
    select(training);
    click("//Training/**/###pause");
    ASSERT_NE(engine.last<ResumeRun>(), nullptr);
    EXPECT_EQ(engine.last<ResumeRun>()->folder, training);
    click("//Training/**/Stop");
    ASSERT_NE(engine.last<StopRun>(), nullptr);
    EXPECT_EQ(engine.last<StopRun>()->folder, training);
    select(waiting);
    click("//Training/**/Remove");
    ASSERT_NE(engine.last<CloseRun>(), nullptr);
    EXPECT_EQ(engine.last<CloseRun>()->folder, waiting);
    select(engine.snapshot()->runs[0]->folder);
    EXPECT_TRUE(disabled("//Training/**/Stop")) << "it is done";
    EXPECT_TRUE(disabled("//Training/**/###pause"));
}

TEST_F(TrainingLayout, OpensTheRunsOfAFolder) {
    act([&](ImGuiTestContext* test) {
        test->ItemClick("//Training/Open a run folder…");
        test->ItemInputValue("//Open runs/##path", files_.path().c_str());
        test->ItemClick("//Open runs/Choose");
    });
    ASSERT_NE(engine.last<OpenRuns>(), nullptr);
    EXPECT_EQ(std::filesystem::path(engine.last<OpenRuns>()->folder), files_.path());
}

TEST_F(TrainingLayout, DrawsALineForEveryArmAndSeed) {
    for (const char* line : {"dense", "soft-learned", "soft-random", "dense, seed 1", "soft-learned, seed 0"})
        EXPECT_NE(plot_with(line), nullptr) << line;
    view().figure = "perplexity";
    window.settle();
    ImPlotPlot* plot = plot_with("soft-learned");
    ASSERT_NE(plot, nullptr);
    EXPECT_STREQ(plot->GetAxisLabel(plot->YAxis(0)), "perplexity");
    EXPECT_STREQ(plot->GetAxisLabel(plot->XAxis(0)), "step");
    EXPECT_GE(plot->XAxis(0).Range.Max, 2000) << "the steps that are still to come have their room";
    EXPECT_LT(plot->YAxis(0).Range.Min, 60);
    EXPECT_GT(plot->YAxis(0).Range.Max, 812) << "the unigram model's level is in it";
}

TEST_F(TrainingLayout, LeavesRunsAndArmsOutOfTheCharts) {
    view().figure = "loss";
    window.settle();
    click("//Curves/**/##soft-learned");
    EXPECT_EQ(view().hidden.size(), 2U);
    const std::vector<RunArm> arms = run_arms(engine.snapshot()->runs);
    const Chart chart = run_chart(arms, {.figure = &run_figure("loss"), .hidden = view().hidden}, {}, 5);
    for (const ChartLine& line : chart.lines) EXPECT_FALSE(line.label.starts_with("soft-learned")) << line.label;
    click("//Curves/**/##soft-learned");
    EXPECT_TRUE(view().hidden.empty());
}

TEST_F(TrainingLayout, DrawsALineForEachLayer) {
    act([](ImGuiTestContext* test) {
        test->ItemClick("//Curves/###figure");
        test->ItemClick("//$FOCUSED/Concentration");
    });
    window.settle();
    click("//Curves/**/layers");
    window.settle();
    for (const char* line : {"layer 0", "layer 1", "layer 2", "layer 3"}) EXPECT_NE(plot_with(line), nullptr) << line;
}

TEST_F(TrainingLayout, ScrubsThroughTheCheckpointsOfTheSelectedRun) {
    const std::string folder = engine.snapshot()->runs[2]->folder;
    select(folder);
    act([](ImGuiTestContext* test) {
        const ImGuiTestItemInfo track = test->ItemInfo("//Compare/##checkpoint");
        test->MouseMoveToPos({track.RectFull.Max.x - 6, track.RectFull.GetCenter().y});
        test->MouseClick();
    });
    ASSERT_NE(engine.last<ShowCheckpoint>(), nullptr);
    EXPECT_EQ(engine.last<ShowCheckpoint>()->folder, folder);
    EXPECT_EQ(engine.last<ShowCheckpoint>()->step, 2000);
    show([](Snapshot& next) { next.shown_step = 2000; });
    act([](ImGuiTestContext* test) { test->KeyPress(ImGuiMod_Ctrl | ImGuiKey_LeftArrow); });
    EXPECT_EQ(engine.last<ShowCheckpoint>()->step, 1750);
    act([](ImGuiTestContext* test) { test->KeyPress(ImGuiMod_Ctrl | ImGuiKey_LeftArrow); });
    EXPECT_EQ(engine.last<ShowCheckpoint>()->step, 1500) << "from what was asked for, though it is not there yet";
}

TEST_F(TrainingLayout, PlaysOnceEachCheckpointHasBeenSeen) {
    const std::string folder = engine.snapshot()->runs[2]->folder;
    select(folder);
    show([](Snapshot& next) { next.shown_step = 1500; });
    click("//Compare/###play");
    for (const std::int64_t step : {1750, 2000}) {
        window.frames(120);
        ASSERT_NE(engine.last<ShowCheckpoint>(), nullptr);
        EXPECT_EQ(engine.last<ShowCheckpoint>()->step, step);
        const auto asked = engine.sent.size();
        window.frames(120);
        EXPECT_EQ(engine.sent.size(), asked) << "not on before it is there";
        show([&](Snapshot& next) { next.shown_step = step; });
    }
    window.frames(4);
    EXPECT_FALSE(view().playing) << "at the end";
}

TEST_F(TrainingLayout, GoesToTheCheckpointNearestToAClickIntoAChart) {
    select(engine.snapshot()->runs[2]->folder);
    view().figure = "perplexity";
    window.settle();
    ImPlotPlot* plot = plot_with("soft-learned");
    ASSERT_NE(plot, nullptr);
    const ImVec2 at = pixel(*plot, 1190, 200);
    act([&](ImGuiTestContext* test) {
        test->MouseMoveToPos(at);
        test->MouseClick();
    });
    ASSERT_NE(engine.last<ShowCheckpoint>(), nullptr);
    EXPECT_EQ(engine.last<ShowCheckpoint>()->step, 1250);
}

struct NoRuns : TrainingLayout {
    NoRuns() : TrainingLayout(quiet_session()) {}
};

TEST_F(NoRuns, SaysWhatWouldFillThePanelsAndOffersIt) {
    click("//Curves/Start the runs");
    EXPECT_NE(engine.last<StartRuns>(), nullptr);
    engine.sent.clear();
    click("//Training/Start " + draft().name);
    EXPECT_NE(engine.last<StartRuns>(), nullptr);
}

struct NoModel : TrainingLayout {
    NoModel() : TrainingLayout(fake::empty()) {}
};

TEST_F(NoModel, TrainsFromScratchWithoutAnOpenModel) {
    click("//Recipe/**/###start");
    EXPECT_NE(engine.last<StartRuns>(), nullptr);
}

TEST_F(TrainingLayout, AnswersToThePalette) {
    const auto command = [&](const std::string& words) {
        act([&](ImGuiTestContext* test) {
            test->KeyPress(ImGuiMod_Ctrl | ImGuiKey_K);
            test->KeyChars(words.c_str());
            test->KeyPress(ImGuiKey_Enter);
        });
    };
    command("runs of the recipe");
    EXPECT_NE(engine.last<StartRuns>(), nullptr);
    command("stop the selected run");
    EXPECT_NE(engine.last<StopRun>(), nullptr);
    command("pause or resume the selected run");
    EXPECT_NE(engine.last<PauseRun>(), nullptr);
    command("next checkpoint of the selected");
    EXPECT_NE(engine.last<ShowCheckpoint>(), nullptr);
}

struct LastTime : TrainingLayout {
    LastTime()
        : TrainingLayout(quiet_session(), [](TrainingView& view, const std::string& folder) {
              view.listed = {folder, "/nowhere/gone"};
          }) {}
};

TEST_F(LastTime, OpensTheRunsThatAreStillThere) {
    const auto* opened = engine.last<OpenRuns>();
    ASSERT_NE(opened, nullptr);
    EXPECT_EQ(opened->folder, files_.path().string());
}

TEST_F(TrainingLayout, IsFoundAgainAtTheNextStart) {
    EXPECT_EQ(view().listed.size(), 6U);
    draft().values["train.steps"] = "777", draft().name = "mine";
    draft().arms = {{"dense", ""}, {"learned", "gate.gate=soft-learned\ntrain.layers=0-1"}};
    view().figure = "f1", view().by_layer = true;
    ViewState next;
    WindowSize size;
    words_to_view(view_to_words(window.shell().view(), size), next, size);
    EXPECT_EQ(next.layout, LayoutId::kTraining);
    EXPECT_EQ(next.training.recipe, draft());
    EXPECT_EQ(next.training.figure, "f1");
    EXPECT_TRUE(next.training.by_layer);
    EXPECT_EQ(next.training.listed, view().listed);
}

}  // namespace
}  // namespace gatescope
