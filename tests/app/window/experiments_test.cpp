// Experiments as a user chooses, starts, follows, stops, goes on with and opens them.
#include <fstream>

#include "app/window/experiment_charts.h"
#include "app/window/experiment_state.h"
#include "app/window/view_settings.h"
#include "tests/app/window/experiments_fixture.h"

namespace gatescope {
namespace {

TEST_F(ExperimentsLayout, IsReachedByItsKeyAndCapturesByTheNext) {
    act([](ImGuiTestContext* test) { test->KeyPress(ImGuiKey_7); });
    EXPECT_EQ(window.shell().view().layout, LayoutId::kCaptures);
    act([](ImGuiTestContext* test) { test->KeyPress(ImGuiKey_6); });
    EXPECT_EQ(window.shell().view().layout, LayoutId::kExperiments);
}

TEST_F(ExperimentsLayout, ListsEveryExperimentAndHasAPageForEach) {
    for (const ExperimentInfo& info : experiments()) {
        click("//Experiments/**/##" + info.id);
        window.settle();
        EXPECT_EQ(view().experiment, info.id);
        for (const ParamSpec* spec : offered_params(info))
            EXPECT_TRUE(there("//Experiment/**/##" + spec->key)) << info.id << ": " << spec->key;
        EXPECT_EQ(there("//Experiment/**/###model"), info.takes_model) << info.id;
        ASSERT_NE(engine.last<ProposeExperiment>(), nullptr);
        EXPECT_EQ(engine.last<ProposeExperiment>()->setting.experiment, info.id);
    }
}

TEST_F(ExperimentsLayout, ProposesWhatTheFormSaysOnceForEachChange) {
    const std::size_t before = proposals();
    EXPECT_EQ(before, 1U) << "as the page is opened";
    window.frames(20);
    EXPECT_EQ(proposals(), before) << "not with every frame";
    type("//Experiment/**/##seeds", "3, 4");
    type("//Experiment/**/##steps", "120");
    window.settle();
    const ExperimentSetting setting = engine.last<ProposeExperiment>()->setting;
    EXPECT_EQ(setting.seeds, (std::vector<std::int64_t>{3, 4}));
    EXPECT_EQ(integer(setting.values, "steps"), 120);
    EXPECT_EQ(setting.values.size(), 1U) << "what is not typed is the scale's";
    const std::size_t typed = proposals();
    answer(-1);
    answer(1500);
    window.frames(20);
    EXPECT_EQ(proposals(), typed) << "an answer is no question";
}

TEST_F(ExperimentsLayout, StartsWhatTheFormSays) {
    type("//Experiment/**/##seeds", "7");
    act([](ImGuiTestContext* test) {
        test->ItemClick("//Experiment/**/###scale");
        test->ItemClick("//$FOCUSED/Quick");
    });
    answer(30);
    click("//Experiment/**/###start");
    const auto* sent = engine.last<StartExperiment>();
    ASSERT_NE(sent, nullptr);
    EXPECT_EQ(sent->setting, engine.last<ProposeExperiment>()->setting) << "what the time was told of";
    EXPECT_EQ(sent->setting.scale, "quick");
    EXPECT_EQ(sent->setting.seeds, std::vector<std::int64_t>{7});
    EXPECT_EQ(sent->folder, draft().folder);
    EXPECT_FALSE(sent->overwrite);
}

TEST_F(ExperimentsLayout, SaysWhatIsWrongAtItsFieldAndDoesNotStart) {
    type("//Experiment/**/##steps", "many");
    EXPECT_TRUE(disabled("//Experiment/**/###start"));
    const auto checked = check_experiment(*engine.snapshot(), find_experiment("soft-gating"), draft());
    ASSERT_TRUE(checked.errors.contains("steps"));
    EXPECT_TRUE(checked.why_not.starts_with("Steps: ")) << checked.why_not;
    EXPECT_EQ(draft().values["steps"], "many") << "what was typed stays";
    type("//Experiment/**/##steps", "");
    EXPECT_FALSE(disabled("//Experiment/**/###start"));
    draft().changes = "train.bitch=8";
    window.settle();
    EXPECT_TRUE(disabled("//Experiment/**/###start")) << "also where the field is folded away";
    EXPECT_TRUE(there("//Experiment/**/##changes")) << "what is wrong is never out of sight";
}

TEST_F(ExperimentsLayout, DoesNotStartWhatTheEngineRefuses) {
    const ExperimentSetting asked = engine.last<ProposeExperiment>()->setting;
    show([&](Snapshot& next) {
        auto refused = std::make_shared<ExperimentProposal>();
        refused->id = 7, refused->setting = asked;
        refused->refusal = "k: 300 keys of windows of 256 tokens; at most 256";
        next.proposal = std::move(refused);
    });
    EXPECT_TRUE(disabled("//Experiment/**/###start"));
    type("//Experiment/**/##seeds", "1");
    EXPECT_FALSE(disabled("//Experiment/**/###start")) << "what was refused was another one";
}

TEST_F(ExperimentsLayout, AsksBeforeAFolderIsOverwritten) {
    std::filesystem::create_directories(draft().folder);
    std::ofstream(std::filesystem::path(draft().folder) / "notes.txt") << "mine";
    show([](Snapshot&) {});
    EXPECT_TRUE(disabled("//Experiment/**/###start"));
    EXPECT_EQ(engine.last<ProposeExperiment>()->folder, draft().folder) << "its time is told all the same";
    click("//Experiment/**/##overwrite");
    click("//Experiment/**/###start");
    ASSERT_NE(engine.last<StartExperiment>(), nullptr);
    EXPECT_TRUE(engine.last<StartExperiment>()->overwrite);
    EXPECT_FALSE(draft().overwrite) << "once";
}

struct OnAModel : ExperimentsLayout {
    OnAModel() : ExperimentsLayout(no_experiments(), "absorption-gradient") {}
};

TEST_F(OnAModel, RunsOnTheSampleModelAtAScaleForModels) {
    act([](ImGuiTestContext* test) {
        test->ItemClick("//Experiment/**/###model");
        test->ItemClick("//$FOCUSED/the sample model");
    });
    window.settle();
    EXPECT_EQ(engine.last<ProposeExperiment>()->setting.model, "sample");
    EXPECT_EQ(engine.last<ProposeExperiment>()->setting.scale, "checkpoint");
    act([](ImGuiTestContext* test) {
        test->ItemClick("//Experiment/**/###model");
        test->ItemClick("//$FOCUSED/trained here");
    });
    window.settle();
    EXPECT_EQ(engine.last<ProposeExperiment>()->setting.model, "");
    EXPECT_EQ(engine.last<ProposeExperiment>()->setting.scale, "tiny");
}

TEST_F(ExperimentsLayout, StopsGoesOnAndTakesOffTheList) {
    with({"soft-gating", 3, "running"});
    EXPECT_FALSE(there("//Experiment/**/###start"));
    click("//Experiment/**/Stop");
    ASSERT_NE(engine.last<StopExperiment>(), nullptr);
    EXPECT_EQ(engine.last<StopExperiment>()->folder, "/experiments/soft-gating");
    with({"soft-gating", 3, "stopped"});
    EXPECT_TRUE(there("//Experiment/**/###start"));
    click("//Experiment/**/Go on");
    ASSERT_NE(engine.last<ResumeExperiment>(), nullptr);
    EXPECT_EQ(engine.last<ResumeExperiment>()->folder, "/experiments/soft-gating");
    click("//Experiment/**/Remove");
    ASSERT_NE(engine.last<CloseExperiment>(), nullptr);
    EXPECT_EQ(engine.last<CloseExperiment>()->folder, "/experiments/soft-gating");
}

TEST_F(ExperimentsLayout, TellsWhatGoingOnTakesByWhatIsThere) {
    draft().folder.clear();
    with({"soft-gating", 3, "stopped"});
    EXPECT_EQ(engine.last<ProposeExperiment>()->folder, "/experiments/soft-gating");
    with({"soft-gating", 99, "done"});
    EXPECT_NE(engine.last<ProposeExperiment>()->folder, "/experiments/soft-gating") << "a new one goes elsewhere";
}

TEST_F(ExperimentsLayout, FillsTheFigureAsArmsEnd) {
    with({"soft-gating", 0, "running"});
    EXPECT_EQ(plot_with("dense"), nullptr);
    EXPECT_FALSE(there("//Figure/**/##arms")) << "no empty chart";
    const std::size_t steps = fake::experiment_plan_of("soft-gating")->steps.size();
    with({"soft-gating", steps / 2, "running"});
    EXPECT_FALSE(disabled("//Figure/**/Export figure…"));
    const SharedExperiment shown = engine.snapshot()->experiments.front();
    const Chart chart = experiment_chart(shown->result->summary.charts.front(), {}, 6);
    EXPECT_LT(chart.lines.size(), 3U) << "arms that have not ended are not there";
    EXPECT_TRUE(there("//Results/**/##" + shown->result->summary.rows.front().what));
}

TEST_F(ExperimentsLayout, ShowsLinesWithTheirGap) {
    show([](Snapshot& next) { next.experiments = {fake::experiment({"absorption-gradient", 999, "done"})}; });
    window.settle();
    EXPECT_EQ(view().experiment, "absorption-gradient") << "what came onto the list is shown";
    EXPECT_NE(plot_with("Learned gate"), nullptr);
    EXPECT_NE(plot_with("Frozen random gate"), nullptr);
}

TEST_F(ExperimentsLayout, TellsOfTheChosenRowWhatMayBeCompared) {
    with({"soft-gating", 999, "done"});
    const std::string second = engine.snapshot()->experiments.front()->result->summary.rows[1].what;
    click("//Results/**/##" + second);
    EXPECT_EQ(view().row, second);
}

TEST_F(ExperimentsLayout, ExportsTheFigureOfItsCapture) {
    with({"soft-gating", 999, "done"});
    const std::string path = (files_.path() / "figure.svg").string();
    act([&](ImGuiTestContext* test) {
        test->ItemClick("//Figure/**/Export figure…");
        test->ItemInputValue("//Export the figure/##path", path.c_str());
    });
    const auto* sent = engine.last<ExportFigure>();
    ASSERT_NE(sent, nullptr);
    EXPECT_EQ(sent->capture, "/experiments/soft-gating/experiment.h5");
    EXPECT_EQ(sent->figure, "experiment");
    EXPECT_EQ(sent->path, path);
}

TEST_F(ExperimentsLayout, OpensItsRunsInTraining) {
    with({"soft-gating", 999, "done"});
    click("//Experiment/**/Its runs");
    ASSERT_NE(engine.last<OpenRuns>(), nullptr);
    EXPECT_EQ(engine.last<OpenRuns>()->folder, "/experiments/soft-gating");
    EXPECT_EQ(window.shell().view().layout, LayoutId::kTraining);
}

TEST_F(ExperimentsLayout, OpensAFolderAndGoesToItsPage) {
    act([&](ImGuiTestContext* test) {
        test->ItemClick("//Experiments/**/###open");
        test->ItemClick("//$FOCUSED/A folder…");
        test->ItemInputValue("//Open an experiment/##path", files_.path().c_str());
        test->ItemClick("//Open an experiment/Choose");
    });
    ASSERT_NE(engine.last<OpenExperiment>(), nullptr);
    EXPECT_EQ(engine.last<OpenExperiment>()->path, files_.path().string());
    window.shell().view().layout = LayoutId::kBrowse;
    show([](Snapshot& next) { next.experiments = {fake::experiment({"concentration", 999, "done", true})}; });
    EXPECT_EQ(window.shell().view().layout, LayoutId::kExperiments);
    EXPECT_EQ(view().experiment, "concentration");
    EXPECT_TRUE(disabled("//Experiment/**/Its runs")) << "a capture holds none";
}

TEST_F(ExperimentsLayout, ShowsWhatCanBeShownOfACaptureWhoseStepsMeanNothing) {
    show([](Snapshot& next) {
        auto view = std::make_shared<ExperimentView>(*fake::experiment({"soft-gating", 999, "done", true}));
        auto result = std::make_shared<ExperimentResult>(*view->result);
        auto plan = std::make_shared<ExperimentPlan>(*result->plan);
        plan->steps.push_back({"odd", "odd", 0, "Measure odd", MeasureWork{plan->course.base, {"no-such-gate:k=-1"}}});
        result->plan = std::move(plan);
        view->result = std::move(result);
        next.experiments = {std::move(view)};
    });
    EXPECT_TRUE(disabled("//Experiment/**/Its runs"));
}

TEST_F(ExperimentsLayout, ChoosesAmongSeveralOfAPage) {
    show([](Snapshot& next) {
        auto other = std::make_shared<ExperimentView>(*fake::experiment({"soft-gating", 999, "done"}));
        other->folder = "/experiments/soft-gating-2";
        next.experiments = {fake::experiment({"soft-gating", 999, "done"}), other};
    });
    view().shown.clear();
    window.settle();
    EXPECT_EQ(shown_experiment(engine.snapshot()->experiments, view(), "soft-gating")->folder,
              "/experiments/soft-gating-2")
        << "the newest";
    act([](ImGuiTestContext* test) {
        test->ItemClick("//Figure/**/###which");
        test->ItemClick("//$FOCUSED/tiny, experiments\\/soft-gating##\\/experiments\\/soft-gating");
    });
    EXPECT_EQ(view().shown["soft-gating"], "/experiments/soft-gating");
}

TEST_F(ExperimentsLayout, AnswersToThePalette) {
    const auto command = [&](const std::string& words) {
        act([&](ImGuiTestContext* test) {
            test->KeyPress(ImGuiMod_Ctrl | ImGuiKey_K);
            test->KeyChars(words.c_str());
            test->KeyPress(ImGuiKey_Enter);
        });
        window.settle();
    };
    command("experiment: stochastic");
    EXPECT_EQ(view().experiment, "stochastic");
    draft().folder = (files_.path() / "stochastic").string();
    command("start the experiment");
    ASSERT_NE(engine.last<StartExperiment>(), nullptr);
    EXPECT_EQ(engine.last<StartExperiment>()->setting.experiment, "stochastic");
    with({"stochastic", 2, "running"});
    command("stop the experiment");
    EXPECT_NE(engine.last<StopExperiment>(), nullptr);
}

TEST_F(ExperimentsLayout, CopiesTheFormAsACommand) {
    type("//Experiment/**/##seeds", "5");
    std::string copied;
    act([&](ImGuiTestContext* test) {
        test->ItemClick("//Experiment/**/Copy as command");
        copied = ImGui::GetClipboardText();
    });
    EXPECT_EQ(copied, "gatescope experiment soft-gating --seeds 5 --out " + draft().folder);
}

TEST_F(ExperimentsLayout, IsFoundAgainAtTheNextStart) {
    with({"soft-gating", 999, "done"});
    draft().seeds = "1,2", draft().values["steps"] = "12", draft().changes = "train.batch=4\ntrain.window=64";
    draft().text = "/texts/mine.txt";
    ViewState next;
    WindowSize size;
    words_to_view(view_to_words(window.shell().view(), size), next, size);
    EXPECT_EQ(next.layout, LayoutId::kExperiments);
    EXPECT_EQ(next.experiments.experiment, "soft-gating");
    EXPECT_EQ(next.experiments.drafts["soft-gating"], draft());
    EXPECT_EQ(next.experiments.listed, std::vector<std::string>{"/experiments/soft-gating"});
}

TEST_F(ExperimentsLayout, NothingRunSaysWhatWouldFillThePanelsAndOffersIt) {
    click("//Figure/Start " + find_experiment("soft-gating").label);
    EXPECT_NE(engine.last<StartExperiment>(), nullptr);
}

}  // namespace
}  // namespace gatescope
