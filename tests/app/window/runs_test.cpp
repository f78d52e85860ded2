// What a user does in the layout Runs: distillation, sweep, sensitivity; on a null renderer and made-up numbers.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>

#include "imgui.h"
#include "imgui_internal.h"
#include "imgui_te_context.h"
#include "implot.h"
#include "tests/app/window/window_harness.h"
#include "tests/support/fake_lab.h"
#include "tests/support/fake_snapshot.h"
#include "tests/support/temporary_folder.h"
// After implot.h, whose names it needs.
#include "implot_internal.h"

namespace gatescope {
namespace {

Snapshot quiet() {
    Snapshot out = fake::snapshot();
    out.jobs.clear();
    return out;
}

class Runs : public testing::Test {
  protected:
    explicit Runs(Snapshot first = quiet()) : engine(std::move(first)), window(engine, {}, start()) {
        window.settle();
        engine.sent.clear();
    }
    static ViewState start() {
        ViewState view;
        view.layout = LayoutId::kRuns;
        return view;
    }
    LabView& lab() { return window.shell().view().lab; }
    void act(const std::function<void(ImGuiTestContext*)>& steps) {
        ASSERT_TRUE(window.act("step " + std::to_string(++steps_), steps));
    }
    void click(const std::string& item) {
        act([&](ImGuiTestContext* test) { test->ItemClick(item.c_str()); });
    }
    void type(const std::string& item, const std::string& text) {
        act([&](ImGuiTestContext* test) { test->ItemInputValue(item.c_str(), text.c_str()); });
    }
    bool there(const std::string& item) {
        bool out = false;
        act([&](ImGuiTestContext* test) { out = test->ItemExists(item.c_str()); });
        return out;
    }
    void show(const std::function<void(Snapshot&)>& change) {
        Snapshot next = *engine.snapshot();
        ++next.id;
        change(next);
        engine.show(std::move(next));
        window.settle();
    }
    void with_job(const std::string& kind, std::uint64_t id) {
        show([&](Snapshot& next) {
            auto job = std::make_shared<JobContext>();
            job->begin("Working", "windows", 40);
            next.jobs.push_back({id, job, true, kind});
        });
    }
    static bool draws(ImPlotPlot& plot, const std::string& line) {
        return plot.Items.GetItem(ImHashStr(("##" + line).c_str(), 0, plot.Items.ID)) != nullptr;
    }
    // The plot that draws a line of this label; nullptr: none does.
    static ImPlotPlot* plot_with(const std::string& line) {
        auto& plots = ImPlot::GetCurrentContext()->Plots;
        for (int index = 0; index < plots.GetBufSize(); ++index) {
            ImPlotPlot* plot = plots.GetByIndex(index);
            if (draws(*plot, line)) return plot;
        }
        return nullptr;
    }
    static ImVec2 pixel(ImPlotPlot& plot, double x, double y) {
        return {plot.XAxis(0).PlotToPixels(x), plot.YAxis(0).PlotToPixels(y)};
    }

    FakeEngine engine;
    WindowHarness window;
    int steps_ = 0;
};

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

TEST_F(Runs, StartsASweepOfBothGatesAndOfATypedOne) {
    type("//Sweep/**/##next", "strided:k=64");
    EXPECT_EQ(lab().sweep.gates, std::vector<std::string>{"strided:k=64"});
    type("//Sweep/**/##k", "16, 4");
    type("//Sweep/**/##windows", "3");
    type("//Sweep/**/##path", "curves.h5");
    click("//Sweep/**/###start");
    const auto* sent = engine.last<StartSweep>();
    ASSERT_NE(sent, nullptr);
    ASSERT_EQ(sent->request.gates.size(), 3U);
    EXPECT_EQ(print_gate(sent->request.gates[1]), "window:sinks=4,local=60");
    EXPECT_EQ(sent->request.k, (std::vector<std::int64_t>{4, 16}));
    EXPECT_EQ(sent->request.windows, 3);
    EXPECT_EQ(sent->path, "curves.h5");
}

TEST_F(Runs, SweepsNoGateThatIsNotTickedOrCannotBeRead) {
    click("//Sweep/**/B##b");
    click("//Sweep/**/###start");
    ASSERT_NE(engine.last<StartSweep>(), nullptr);
    EXPECT_EQ(engine.last<StartSweep>()->request.gates.size(), 1U);
    engine.sent.clear();
    type("//Sweep/**/##next", "orakel:k=4");
    bool disabled = false;
    act([&](ImGuiTestContext* test) {
        disabled = (test->ItemInfo("//Sweep/**/###start").ItemFlags & ImGuiItemFlags_Disabled) != 0;
    });
    EXPECT_TRUE(disabled);
}

TEST_F(Runs, StopsTheJobThatItStarted) {
    with_job("measure", 3);
    with_job("sweep", 7);
    click("//Sweep/**/Stop");
    ASSERT_NE(engine.last<CancelJob>(), nullptr);
    EXPECT_EQ(engine.last<CancelJob>()->job, 7U);
    with_job("sensitivity", 8);
    click("//Sensitivity/**/Stop");
    EXPECT_EQ(engine.last<CancelJob>()->job, 8U);
}

TEST_F(Runs, SetsTheGateOfThePointThatIsClicked) {
    show([](Snapshot& next) { next.sweep = fake::sweep(); });
    ImPlotPlot* plot = plot_with("Sliding window (sinks=4)");
    ASSERT_NE(plot, nullptr);
    const RunResult& sweep = *engine.snapshot()->sweep;
    const GateResult& chosen = sweep.gates[12];  // the window of 32 keys
    const ImVec2 at = pixel(*plot, -std::log2(1 - chosen.sparsity), chosen.perplexity.estimate.perplexity);
    act([&](ImGuiTestContext* test) {
        test->MouseMoveToPos(at);
        test->MouseClick();
    });
    ASSERT_NE(engine.last<SetGate>(), nullptr);
    EXPECT_EQ(engine.last<SetGate>()->slot, GateSlot::kA);
    EXPECT_EQ(engine.last<SetGate>()->gate, "window:sinks=4,local=28");
    act([&](ImGuiTestContext* test) {
        test->MouseMoveToPos(at);
        test->KeyDown(ImGuiMod_Shift);
        test->MouseClick();
        test->KeyUp(ImGuiMod_Shift);
    });
    EXPECT_EQ(engine.last<SetGate>()->slot, GateSlot::kB);
}

TEST_F(Runs, ShowsAgreementInPlaceOfPerplexity) {
    show([](Snapshot& next) { next.sweep = fake::sweep(); });
    act([](ImGuiTestContext* test) {
        test->ItemClick("//Sweep/###figure");
        test->ItemClick("//$FOCUSED/Captured mass");
    });
    EXPECT_EQ(lab().sweep_chart, SweepChart::kCapturedMass);
    window.settle();
    EXPECT_LE(plot_with("Oracle top-k")->YAxis(0).Range.Max, 1.01);
}

TEST_F(Runs, MeasuresLayersAndHeads) {
    type("//Sensitivity/**/##k", "4,8");
    type("//Sensitivity/**/##mean_k", "6");
    click("//Sensitivity/**/##each_head");
    click("//Sensitivity/**/###start");
    const auto* sent = engine.last<StartSensitivity>();
    ASSERT_NE(sent, nullptr);
    EXPECT_EQ(sent->request.gate.id, "oracle");
    EXPECT_EQ(sent->request.k, (std::vector<std::int64_t>{4, 8}));
    EXPECT_DOUBLE_EQ(sent->request.mean_k, 6);
    EXPECT_TRUE(sent->request.each_head);
}

TEST_F(Runs, SetsTheProposedBudgetAsGateB) {
    show([](Snapshot& next) { next.sensitivity = fake::sensitivity(); });
    click("//Sensitivity/**/Set as gate B");
    ASSERT_NE(engine.last<SetGate>(), nullptr);
    EXPECT_EQ(engine.last<SetGate>()->slot, GateSlot::kB);
    EXPECT_EQ(engine.last<SetGate>()->gate, print_gate(engine.snapshot()->sensitivity->proposal->gate));
}

TEST_F(Runs, ProposesNothingBeforeAllLayersAreMeasured) {
    show([](Snapshot& next) { next.sensitivity = fake::sensitivity(100); });
    EXPECT_FALSE(there("//Sensitivity/**/Set as gate B"));
    EXPECT_NE(plot_with("k = 8"), nullptr) << "what is measured is drawn";
}

TEST_F(Runs, HidesTheLineOfAnyK) {
    show([](Snapshot& next) { next.sensitivity = fake::sensitivity(); });
    click("//Sensitivity/##k = 8");
    EXPECT_EQ(lab().hidden_k, std::set<std::int64_t>{8});
    click("//Sensitivity/##k = 8");
    EXPECT_TRUE(lab().hidden_k.empty());
}

TEST_F(Runs, AnswersToThePalette) {
    const auto command = [&](const std::string& words) {
        act([&](ImGuiTestContext* test) {
            test->KeyPress(ImGuiMod_Ctrl | ImGuiKey_K);
            test->KeyChars(words.c_str());
            test->KeyPress(ImGuiKey_Enter);
        });
    };
    command("start the distillation");
    EXPECT_NE(engine.last<StartDistillation>(), nullptr);
    command("start the sweep");
    EXPECT_NE(engine.last<StartSweep>(), nullptr);
    command("each layer and head costs");
    ASSERT_NE(engine.last<StartSensitivity>(), nullptr);
    EXPECT_TRUE(engine.last<StartSensitivity>()->request.each_head);
    command("gradient through the mask");
    EXPECT_NE(engine.last<MeasureGateGradient>(), nullptr);
    show([](Snapshot& next) {
        next.sensitivity = fake::sensitivity();
        next.distillation = fake::distillation(1000);
    });
    command("use the trained gate as gate A");
    ASSERT_NE(engine.last<SetGate>(), nullptr);
    EXPECT_EQ(engine.last<SetGate>()->gate, engine.snapshot()->distillation->deployed);
    command("proposed k by layer");
    EXPECT_EQ(engine.last<SetGate>()->slot, GateSlot::kB);
}

struct NothingOpen : Runs {
    NothingOpen() : Runs(fake::empty()) {}
};

TEST_F(NothingOpen, SaysWhatWouldFillThePanelsAndOffersIt) {
    for (const char* panel : {"Distillation", "Sweep", "Sensitivity"})
        EXPECT_TRUE(there(std::string("//") + panel + "/Open a model…")) << panel;
}

}  // namespace
}  // namespace gatescope
