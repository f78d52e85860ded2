// Sweeps and sensitivity maps as a user starts, reads and uses them.
#include <cmath>

#include "tests/app/window/runs_fixture.h"

namespace gatescope {
namespace {

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
    EXPECT_EQ(sent->request.budgets.at(Swept::kKeys), (std::vector<std::int64_t>{4, 16}));
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

TEST_F(Runs, SweepsRanksOfAGateThatHasOne) {
    type("//Sweep/**/##next", "kernel-rank");
    type("//Sweep/**/##rank", "8,64");
    click("//Sweep/**/###start");
    const auto* sent = engine.last<StartSweep>();
    ASSERT_NE(sent, nullptr);
    EXPECT_EQ(sent->request.budgets.at(Swept::kRank), (std::vector<std::int64_t>{8, 64}));
    EXPECT_TRUE(sent->request.budgets.contains(Swept::kKeys)) << "of gates A and B";
}

TEST_F(Runs, DrawsRanksByThemselvesWhereThereIsNothingElse) {
    show([](Snapshot& next) { next.sweep = fake::rank_sweep(); });
    ImPlotPlot* plot = plot_with("Kernel of rank r");
    ASSERT_NE(plot, nullptr);
    EXPECT_NE(plot_with("keeps 99 % of the model"), nullptr);
    const GateResult& chosen = engine.snapshot()->sweep->gates[4];
    const ImVec2 at = pixel(*plot, 4, chosen.perplexity.estimate.perplexity);
    act([&](ImGuiTestContext* test) {
        test->MouseMoveToPos(at);
        test->MouseClick();
    });
    ASSERT_NE(engine.last<SetGate>(), nullptr);
    EXPECT_EQ(engine.last<SetGate>()->gate, "kernel-rank:r=16");
}

TEST_F(Runs, MeasuresRanksOfLayers) {
    type("//Sensitivity/**/##gate", "kernel-rank");
    EXPECT_FALSE(there("//Sensitivity/**/##k"));
    type("//Sensitivity/**/##rank", "4,16");
    type("//Sensitivity/**/##mean_rank", "8");
    click("//Sensitivity/**/###start");
    const auto* sent = engine.last<StartSensitivity>();
    ASSERT_NE(sent, nullptr);
    EXPECT_EQ(sent->request.budgets, (std::vector<std::int64_t>{4, 16}));
    EXPECT_DOUBLE_EQ(sent->request.mean_budget, 8);
    show([](Snapshot& next) { next.sensitivity = fake::rank_sensitivity(); });
    EXPECT_NE(plot_with("rank = 8"), nullptr);
    EXPECT_NE(plot_with("keeps 99 % of the model"), nullptr);
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
    EXPECT_EQ(sent->request.budgets, (std::vector<std::int64_t>{4, 8}));
    EXPECT_DOUBLE_EQ(sent->request.mean_budget, 6);
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

TEST_F(Runs, ShowsCostsInTheHeadMap) {
    show([](Snapshot& next) { next.sensitivity = fake::sensitivity(100); });
    click("//Sensitivity/**/Head map");
    EXPECT_EQ(window.shell().view().layout, LayoutId::kBrowse);
    EXPECT_EQ(window.shell().view().metric, "layer_cost");
}

TEST_F(Runs, HidesTheLineOfAnyK) {
    show([](Snapshot& next) { next.sensitivity = fake::sensitivity(); });
    click("//Sensitivity/##k = 8");
    EXPECT_EQ(lab().hidden_budgets, std::set<std::int64_t>{8});
    click("//Sensitivity/##k = 8");
    EXPECT_TRUE(lab().hidden_budgets.empty());
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
    command("proposed budgets by layer");
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
