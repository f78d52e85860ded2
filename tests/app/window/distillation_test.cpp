// Training of gates as a user starts, follows, stops and uses it.
#include <cstdio>

#include "tests/app/window/runs_fixture.h"
#include "tests/support/temporary_folder.h"

namespace gatescope {
namespace {

TEST_F(Runs, IsReachedByItsKey) {
    window.shell().view().layout = LayoutId::kBrowse;
    act([](ImGuiTestContext* test) { test->KeyPress(ImGuiKey_4); });
    EXPECT_EQ(window.shell().view().layout, LayoutId::kRuns);
}

TEST_F(Runs, StartsADistillationWithThePapersDefaultsOnTheSamplesTrainingText) {
    click("//Distillation/**/Start");
    const auto* sent = engine.last<StartDistillation>();
    ASSERT_NE(sent, nullptr);
    EXPECT_EQ(sent->request.gate, "learned");
    EXPECT_EQ(sent->request.loss, "kl");
    EXPECT_EQ(sent->request.k, 64);
    EXPECT_EQ(sent->request.steps, 1000);
    EXPECT_EQ(sent->request.gate_dim, 32);
    EXPECT_EQ(sent->request.text, "sample-train");
    EXPECT_TRUE(sent->request.layers.all());
    EXPECT_FALSE(sent->overwrite);
}

TEST_F(Runs, TakesWhatIsTypedIntoTheFormOfADistillation) {
    type("//Distillation/**/##k", "16");
    type("//Distillation/**/##steps", "300");
    type("//Distillation/**/##learning_rate", "0.003");
    type("//Distillation/**/##layers", "0-3,7");
    act([](ImGuiTestContext* test) {
        test->ItemClick("//Distillation/**/###signal");
        test->ItemClick("//$FOCUSED/BCE to the oracle's keys");
    });
    type("//Distillation/**/##out", "gate.safetensors");
    lab().distill.local = "8";
    window.settle();
    click("//Distillation/**/Start");
    const auto* sent = engine.last<StartDistillation>();
    ASSERT_NE(sent, nullptr);
    EXPECT_EQ(sent->request.loss, "bce");
    EXPECT_EQ(sent->request.k, 16);
    EXPECT_EQ(sent->request.steps, 300);
    EXPECT_DOUBLE_EQ(sent->request.learning_rate, 0.003);
    EXPECT_EQ(sent->request.layers.print(), "0-3,7");
    EXPECT_EQ(sent->request.out, "gate.safetensors");
}

TEST_F(Runs, StartsNoDistillationWhileAFieldIsWrong) {
    type("//Distillation/**/##steps", "many");
    bool disabled = false;
    act([&](ImGuiTestContext* test) {
        disabled = (test->ItemInfo("//Distillation/**/Start").ItemFlags & ImGuiItemFlags_Disabled) != 0;
    });
    EXPECT_TRUE(disabled);
    EXPECT_FALSE(there("//Distillation/**/Start the training"));
    EXPECT_EQ(lab().distill.steps, "many") << "what was typed stays";
}

TEST_F(Runs, PausesGoesOnAndStopsADistillation) {
    show([](Snapshot& next) { next.distillation = fake::distillation(300); });
    click("//Distillation/**/Pause");
    ASSERT_NE(engine.last<PauseDistillation>(), nullptr);
    EXPECT_TRUE(engine.last<PauseDistillation>()->paused);
    show([](Snapshot& next) {
        auto paused = std::make_shared<DistillRun>(*next.distillation);
        paused->status = "paused";
        next.distillation = paused;
    });
    click("//Distillation/**/Resume");
    EXPECT_FALSE(engine.last<PauseDistillation>()->paused);
    click("//Distillation/**/Stop");
    EXPECT_NE(engine.last<StopDistillation>(), nullptr);
    EXPECT_FALSE(there("//Distillation/**/Use as gate A")) << "there is no file yet";
}

TEST_F(Runs, UsesTheTrainedGateAsAOrB) {
    show([](Snapshot& next) { next.distillation = fake::distillation(1000); });
    const std::string deployed = engine.snapshot()->distillation->deployed;
    click("//Distillation/**/Use as gate B");
    ASSERT_NE(engine.last<SetGate>(), nullptr);
    EXPECT_EQ(engine.last<SetGate>()->slot, GateSlot::kB);
    EXPECT_EQ(engine.last<SetGate>()->gate, deployed);
    click("//Distillation/**/Use as gate A");
    ASSERT_NE(engine.last<SetGate>(), nullptr);
    EXPECT_EQ(engine.last<SetGate>()->slot, GateSlot::kA);
    EXPECT_EQ(window.shell().view().last_gate[0], deployed);
}

TEST_F(Runs, DrawsTheCurvesOfTheTrainedAndOfTheRandomGateInsideTheirAxes) {
    show([](Snapshot& next) { next.distillation = fake::distillation(300); });
    auto& plots = ImPlot::GetCurrentContext()->Plots;
    int found = 0;
    for (int index = 0; index < plots.GetBufSize(); ++index) {
        ImPlotPlot* plot = plots.GetByIndex(index);
        if (!draws(*plot, "learned") || !draws(*plot, "random")) continue;
        ++found;
        EXPECT_LE(plot->XAxis(0).Range.Min, 0);
        EXPECT_GE(plot->XAxis(0).Range.Max, 1000) << "the steps that are still to come have their room";
    }
    EXPECT_EQ(found, 4);
    const DistillRun& run = *engine.snapshot()->distillation;
    const double perplexity = run.learned->series.at("perplexity").back();
    int around = 0;
    for (int index = 0; index < plots.GetBufSize(); ++index) {
        ImPlotPlot* plot = plots.GetByIndex(index);
        if (draws(*plot, "learned") && plot->YAxis(0).Range.Min < run.dense_perplexity &&
            plot->YAxis(0).Range.Min > 1 && plot->YAxis(0).Range.Max > perplexity)
            ++around;
    }
    EXPECT_EQ(around, 1) << "one chart holds the perplexities, with dense below them";
}

TEST_F(Runs, NamesTheValuesOfACurveUnderThePointer) {
    show([](Snapshot& next) { next.distillation = fake::distillation(300); });
    ImPlotPlot* plot = plot_with("learned");
    ASSERT_NE(plot, nullptr);
    bool tip = false;
    act([&](ImGuiTestContext* test) {
        test->MouseMoveToPos(pixel(*plot, 150, plot->YAxis(0).Range.Min + plot->YAxis(0).Range.Size() / 2));
        test->Yield(3);
        const ImGuiWindow* window_of_tip = test->GetWindowByRef("//##Tooltip_00");
        tip = window_of_tip != nullptr && window_of_tip->Active;
    });
    EXPECT_TRUE(tip);
}

TEST_F(Runs, CopiesTheDistillationAsACommand) {
    std::string copied;
    act([&](ImGuiTestContext* test) {
        test->ItemClick("//Distillation/**/Copy as command");
        copied = ImGui::GetClipboardText();
    });
    EXPECT_NE(copied.find("gatescope distill sample --text sample-train --gate learned --loss kl --k 64 --steps 1000"),
              std::string::npos)
        << copied;
}

TEST_F(Runs, ChoosesTheTrainingTextInADialog) {
    const TemporaryFolder folder;
    const std::string path = (folder.path() / "words.txt").string();
    std::FILE* file = std::fopen(path.c_str(), "w");
    std::fputs("words", file);
    std::fclose(file);
    act([&](ImGuiTestContext* test) {
        test->ItemClick("//Distillation/**/…##text");
        test->ItemInputValue("//Choose a training text/##path", path.c_str());
    });
    EXPECT_EQ(lab().distill.text, path);
    EXPECT_EQ(engine.last<OpenText>(), nullptr) << "the open text stays";
}

TEST_F(Runs, ExplainsWhyAHardSetCannotBeTrainedThroughTheMaskAndMeasuresIt) {
    act([](ImGuiTestContext* test) {
        test->ItemClick("//Distillation/**/###signal");
        test->ItemClick("//$FOCUSED/End to end through the mask");
    });
    bool disabled = false;
    act([&](ImGuiTestContext* test) {
        disabled = (test->ItemInfo("//Distillation/**/Start").ItemFlags & ImGuiItemFlags_Disabled) != 0;
    });
    EXPECT_TRUE(disabled);
    click("//Distillation/**/###measure");
    ASSERT_NE(engine.last<MeasureGateGradient>(), nullptr);
    EXPECT_EQ(engine.last<MeasureGateGradient>()->request.gate, "learned");
    EXPECT_EQ(plot_with("soft-learned"), nullptr);
    show([](Snapshot& next) { next.gate_gradients = fake::gradients(); });
    ImPlotPlot* plot = plot_with("soft-learned");
    ASSERT_NE(plot, nullptr);
    EXPECT_TRUE(draws(*plot, "learned")) << "both gates in one chart";
}

}  // namespace
}  // namespace gatescope
