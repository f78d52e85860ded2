// The panels of routing and filtering as a user drives them.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>

#include "app/window/layouts.h"
#include "app/window/spectra_wishes.h"
#include "tests/app/window/spectra_fixture.h"
#include "tests/support/temporary_folder.h"

namespace gatescope {
namespace {

struct NoSpectraYet : SpectraLayout {
    NoSpectraYet() : SpectraLayout(without_spectra()) {}
};

TEST_F(NoSpectraYet, KernelsThatAreShownAreAskedForOnce) {
    // The first frames of the layout asked already: start again with another model.
    show([](Snapshot& next) { next.settings.model_path = "other"; });
    ASSERT_EQ(count_of_wishes(), 1U);
    const SpectraRequest& wish = engine.last<MeasureSpectra>()->request;
    EXPECT_TRUE(wish.folded);
    EXPECT_FALSE(wish.raw);
    EXPECT_TRUE(wish.controls);
    EXPECT_FALSE(wish.activations) << "passes over the text cost time: nobody asked";
    window.frames(5);
    EXPECT_EQ(count_of_wishes(), 1U);
}

TEST_F(NoSpectraYet, WhatFailedIsAskedForAgainByItsButtonAlone) {
    with_job("spectra", 9);
    show([](Snapshot& next) { next.jobs.clear(); });  // it failed, or was cancelled
    EXPECT_EQ(count_of_wishes(), 0U);
    click("//Spectrum/Measure kernels");
    ASSERT_EQ(count_of_wishes(), 1U);
    EXPECT_TRUE(engine.last<MeasureSpectra>()->request.folded);
}

TEST_F(NoSpectraYet, ShowsHowFarTheJobIsWhileItRuns) {
    with_job("spectra", 9);
    EXPECT_FALSE(there("//Spectrum/Measure kernels"));
    EXPECT_FALSE(there("//Depth/Measure kernels"));
}

TEST_F(NoSpectraYet, ActivationsAreMeasuredByAButtonBesideWhatIsUnderWay) {
    choose("//Depth/###chart", "Rank against capacity");
    EXPECT_EQ(count_of_wishes(), 0U);
    click("//Depth/Measure activations");
    ASSERT_EQ(count_of_wishes(), 1U);
    EXPECT_TRUE(engine.last<MeasureSpectra>()->request.activations);
    EXPECT_TRUE(engine.last<MeasureSpectra>()->request.folded) << "asked for before, not there yet";
}

TEST_F(NoSpectraYet, ActivationsNeedTheWeightsLoaded) {
    show([](Snapshot& next) { next.weights_only = true; });
    choose("//Spectrum/###part", "Activations");
    EXPECT_FALSE(there("//Spectrum/Measure activations"));
    click("//Spectrum/Load its weights…");
    EXPECT_NE(engine.last<OpenModel>(), nullptr);
}

TEST_F(NoSpectraYet, ACaptureWithoutSpectraSaysSoAndAsksForNothing) {
    show([](Snapshot& next) {
        next.settings.model_path = "other";
        next.capture = next.run;
    });
    EXPECT_EQ(count_of_wishes(), 0U);
    EXPECT_FALSE(there("//Spectrum/Measure kernels"));
}

TEST_F(NoSpectraYet, TheHeadMapAsksForTheFigureThatItShows) {
    view().layout = LayoutId::kBrowse;
    show([](Snapshot& next) { next.settings.model_path = "other"; });
    EXPECT_EQ(count_of_wishes(), 0U) << "attention is shown";
    view().metric = "weights/raw/positivity";
    window.settle();
    ASSERT_EQ(count_of_wishes(), 1U);
    EXPECT_TRUE(engine.last<MeasureSpectra>()->request.raw);
    view().metric = "activations/routing_fraction";
    window.settle();
    EXPECT_EQ(count_of_wishes(), 1U);
    click("//Heads/Measure activations");
    EXPECT_TRUE(engine.last<MeasureSpectra>()->request.activations);
}

TEST_F(SpectraLayout, OpensWithItsKey) {
    view().layout = LayoutId::kBrowse;
    act([](ImGuiTestContext* test) { test->KeyPress(ImGuiKey_3); });
    EXPECT_EQ(view().layout, LayoutId::kSpectra);
    EXPECT_EQ(layout_info(LayoutId::kSpectra).name, "spectra");
}

TEST_F(SpectraLayout, DrawsTheSelectedHeadAgainstItsLayerAndMarksItsEnergy) {
    ImPlotPlot* plot = plot_with("routing");
    ASSERT_NE(plot, nullptr);
    EXPECT_TRUE(draws(*plot, "mean routing"));
    EXPECT_GT(plot->XAxis(0).Range.Max, 100) << "all 128 components";
}

TEST_F(SpectraLayout, ShowsThePartThatIsChosenSignsApart) {
    choose("//Spectrum/###part", "Filtering");
    EXPECT_EQ(spectra().part, SpectrumPartChoice::kSymmetric);
    ImPlotPlot* plot = plot_with("attracts like");
    ASSERT_NE(plot, nullptr);
    EXPECT_TRUE(draws(*plot, "repels like"));
    choose("//Spectrum/###part", "Activations");
    EXPECT_NE(plot_with("centred scores"), nullptr);
    EXPECT_TRUE(disabled("//Spectrum/##form/raw")) << "activations have one form";
}

TEST_F(SpectraLayout, ShowsEnergyFromNothingToAll) {
    choose("//Spectrum/###values", "Energy");
    EXPECT_TRUE(spectra().cumulative);
    ImPlotPlot* plot = plot_with("routing");
    ASSERT_NE(plot, nullptr);
    EXPECT_DOUBLE_EQ(plot->YAxis(0).Range.Min, 0);
    EXPECT_NEAR(plot->YAxis(0).Range.Max, 1, 0.05);
}

TEST_F(SpectraLayout, OtherSelectedHeadsAreDrawnToo) {
    view().also = {{3, 1}, {12, 0}};
    window.settle();
    ImPlotPlot* plot = plot_with("routing");
    ASSERT_NE(plot, nullptr);
    EXPECT_TRUE(draws(*plot, "other 1routing"));
    EXPECT_TRUE(draws(*plot, "other 2routing"));
}

TEST_F(SpectraLayout, GoesFromRawToFolded) {
    click("//Spectrum/##form/raw");
    EXPECT_EQ(spectra().form, KernelForm::kRaw);
    EXPECT_EQ(count_of_wishes(), 0U) << "both forms are there";
    act([](ImGuiTestContext* test) { test->KeyPress(ImGuiKey_F); });
    EXPECT_EQ(spectra().form, KernelForm::kFolded);
}

TEST_F(SpectraLayout, AsksForTheOffsetThatIsTyped) {
    type("//Spectrum/**/Offset/##number", "17");
    ASSERT_EQ(count_of_wishes(), 1U);
    const SpectraRequest& wish = engine.last<MeasureSpectra>()->request;
    EXPECT_EQ(wish.delta, 17);
    EXPECT_TRUE(wish.folded && wish.controls);
    EXPECT_TRUE(wish.activations) << "what is there stays";
    type("//Spectrum/**/Offset/##number", "18");
    EXPECT_EQ(engine.last<MeasureSpectra>()->request.delta, 18);
    show([](Snapshot& next) {
        SpectraRequest request = fake::all_spectra();
        request.delta = 18;
        next.spectra = fake::spectra({}, request);
    });
    EXPECT_EQ(count_of_wishes(), 2U) << "it is there now";
}

TEST_F(SpectraLayout, AModelWithoutRotaryPositionsHasNoOffset) {
    show([](Snapshot& next) {
        auto model = std::make_shared<ModelSummary>(*next.model);
        model->config.rope_dims = 0;
        next.model = std::move(model);
    });
    EXPECT_TRUE(disabled("//Spectrum/**/Offset/##number"));
    bool told = false;
    act([&](ImGuiTestContext* test) {
        test->MouseMoveToPos(test->ItemInfo("//Spectrum/**/Offset/##track").RectFull.GetCenter());
        test->SleepNoSkip(2, 0.1F);
        const ImGuiWindow* tip = ImGui::FindWindowByName("##Tooltip_00");
        told = tip != nullptr && tip->Active;
    });
    EXPECT_TRUE(told) << "says why";
    spectra().delta = 40;
    window.settle();
    EXPECT_EQ(count_of_wishes(), 0U);
    EXPECT_NE(why_no_delta(*engine.snapshot()), "");
}

TEST_F(SpectraLayout, SelectsTheLayerThatIsClickedInTheChart) {
    ImPlotPlot* plot = plot_with("filtering");
    ASSERT_NE(plot, nullptr);
    const ImVec2 at = pixel(*plot, 20, 0.5);
    act([&](ImGuiTestContext* test) {
        test->MouseMoveToPos(at);
        test->MouseClick();
    });
    EXPECT_EQ(view().selected, (HeadPlace{20, 4}));
}

TEST_F(SpectraLayout, ShowsRanksOfEveryCheckpointThatIsOn) {
    choose("//Depth/###chart", "Ranks of checkpoints");
    ImPlotPlot* plot = plot_with("pythia-410m");
    ASSERT_NE(plot, nullptr);
    EXPECT_TRUE(draws(*plot, "gpt2-large"));
    click("//Checkpoints/**/##gpt2-large");
    EXPECT_TRUE(spectra().hidden_models.contains("gpt2-large"));
    choose("//Depth/###rank", "Stable rank");
    EXPECT_EQ(spectra().rank, "stable_rank");
    plot = plot_with("pythia-410m");
    ASSERT_NE(plot, nullptr);
    EXPECT_LT(plot->YAxis(0).Range.Max, 60) << "stable ranks are small";
}

TEST_F(SpectraLayout, ShowsActivationsBelowTheirCapacity) {
    choose("//Depth/###chart", "Rank against capacity");
    ImPlotPlot* plot = plot_with("activations");
    ASSERT_NE(plot, nullptr);
    EXPECT_TRUE(draws(*plot, "weight kernel"));
    EXPECT_GT(plot->YAxis(0).Range.Max, 128) << "the capacity is on the chart";
}

TEST_F(SpectraLayout, AddsCheckpointsAndRefusesThoseThatAreNotThere) {
    click("//Checkpoints/**/Open model");
    EXPECT_EQ(spectra().survey_models, "sample\n");
    click("//Checkpoints/###start");
    ASSERT_NE(engine.last<StartSurvey>(), nullptr);
    EXPECT_EQ(engine.last<StartSurvey>()->models, std::vector<std::string>{"sample"});
    EXPECT_TRUE(engine.last<StartSurvey>()->request.raw && engine.last<StartSurvey>()->request.folded);
    EXPECT_TRUE(engine.last<StartSurvey>()->path.empty());
    act([](ImGuiTestContext* test) {
        test->ItemInput("//Checkpoints/**/##next");
        test->KeyCharsReplaceEnter("/nowhere/gpt2");
    });
    EXPECT_EQ(spectra().survey_models, "sample\n/nowhere/gpt2\n");
    EXPECT_TRUE(disabled("//Checkpoints/###start"));
}

TEST_F(SpectraLayout, SavesTheSurveyAndNeverOverASavedOneUnasked) {
    const TemporaryFolder folder;
    const std::string path = (folder.path() / "survey.h5").string();
    spectra().survey_models = "sample\n";
    type("//Checkpoints/**/##path", path);
    click("//Checkpoints/###start");
    ASSERT_NE(engine.last<StartSurvey>(), nullptr);
    EXPECT_EQ(engine.last<StartSurvey>()->path, path);
    EXPECT_FALSE(engine.last<StartSurvey>()->overwrite);
    std::ofstream(path) << "there";
    show([](Snapshot&) {});
    EXPECT_TRUE(disabled("//Checkpoints/###start"));
    click("//Checkpoints/**/##overwrite");
    click("//Checkpoints/###start");
    EXPECT_TRUE(engine.last<StartSurvey>()->overwrite);
}

TEST_F(SpectraLayout, CopiesTheSurveyAsACommand) {
    spectra().survey_models = "sample\n/tmp\n";
    window.settle();
    std::string copied;
    act([&](ImGuiTestContext* test) {
        test->ItemClick("//Checkpoints/Copy as command");
        copied = ImGui::GetClipboardText();
    });
    EXPECT_EQ(copied, "gatescope spectra sample /tmp --out survey.h5");
}

TEST_F(SpectraLayout, PicksAFolderThatIsAModel) {
    const TemporaryFolder folder;
    const std::filesystem::path model = folder.path() / "gpt2";
    std::filesystem::create_directory(model);
    std::ofstream(model / "config.json") << "{}";
    spectra().survey_models = (folder.path() / "other").string() + "\n";
    click("//Checkpoints/**/…##choose");
    act([&](ImGuiTestContext* test) {
        test->ItemInput("//Add a checkpoint/##path");
        test->KeyCharsReplaceEnter(model.string().c_str());
    });
    EXPECT_EQ(spectra().survey_models, (folder.path() / "other").string() + "\n" + model.string() + "\n");
}

TEST_F(SpectraLayout, StopsAndClosesTheSurvey) {
    with_job("survey", 21);
    click("//Checkpoints/Stop");
    ASSERT_NE(engine.last<CancelJob>(), nullptr);
    EXPECT_EQ(engine.last<CancelJob>()->job, 21U);
    click("//Checkpoints/Close");
    EXPECT_NE(engine.last<CloseSurvey>(), nullptr);
}

TEST_F(SpectraLayout, FiguresOfTheHeadMapStandInGroups) {
    act([](ImGuiTestContext* test) {
        test->ItemClick("//Heads/###metric");
        test->MenuClick("//$FOCUSED/Weights, raw/Positivity");
    });
    EXPECT_EQ(view().metric, "weights/raw/positivity");
    act([](ImGuiTestContext* test) { test->KeyPress(ImGuiKey_M); });
    EXPECT_EQ(view().metric, "weights/raw/directionality");
    act([](ImGuiTestContext* test) { test->KeyPress(ImGuiKey_M); });
    EXPECT_EQ(view().metric, "weights/raw/skew_fraction") << "round within the group";
}

TEST_F(SpectraLayout, AnswersToThePalette) {
    const auto command = [&](const std::string& words) {
        act([&](ImGuiTestContext* test) {
            test->KeyPress(ImGuiMod_Ctrl | ImGuiKey_K);
            test->KeyChars(words.c_str());
            test->KeyPress(ImGuiKey_Enter);
        });
    };
    command("measure cosines");
    ASSERT_NE(engine.last<MeasureSpectra>(), nullptr);
    EXPECT_TRUE(engine.last<MeasureSpectra>()->request.cosines);
    command("next part of the spectrum");
    EXPECT_EQ(spectra().part, SpectrumPartChoice::kSymmetric);
    command("next chart by depth");
    EXPECT_EQ(spectra().depth, DepthChart::kRanks);
    command("close the survey");
    EXPECT_NE(engine.last<CloseSurvey>(), nullptr);
}

struct NothingToShow : SpectraLayout {
    NothingToShow() : SpectraLayout(fake::empty()) {}
};

TEST_F(NothingToShow, SaysWhatWouldFillThePanelsAndOffersIt) {
    for (const char* panel : {"Spectrum", "Depth"})
        EXPECT_TRUE(there(std::string("//") + panel + "/Open a model…")) << panel;
    EXPECT_EQ(count_of_wishes(), 0U);
}

}  // namespace
}  // namespace gatescope
