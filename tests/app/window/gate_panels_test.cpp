// What a user does with gates, on a null renderer and made-up numbers: marks, agreement, changed tokens, what was
// tried, and the cards.
#include <gtest/gtest.h>

#include <fstream>

#include "imgui.h"
#include "imgui_internal.h"
#include "imgui_te_context.h"
#include "tests/app/window/window_harness.h"
#include "tests/support/fake_snapshot.h"
#include "tests/support/temporary_folder.h"

namespace gatescope {
namespace {

class GateWindow : public testing::Test {
  protected:
    GateWindow() : engine(fake::snapshot()), window(engine, {}, start()) {
        window.settle();
        engine.sent.clear();
    }
    static ViewState start() {
        ViewState view;
        view.layout = LayoutId::kGates;
        view.selected = {11, 4};
        return view;
    }
    ViewState& view() { return window.shell().view(); }
    std::int64_t rows() { return window.null_textures().rows_uploaded(); }
    void act(const std::function<void(ImGuiTestContext*)>& steps) {
        ASSERT_TRUE(window.act("step " + std::to_string(++steps_), steps));
        window.settle();
    }
    void show_gate_a(const std::string& gate) {
        Snapshot next = *engine.snapshot();
        auto run = std::make_shared<RunResult>(*next.run);
        ++run->id;
        run->gates[0].gate = parse_gate(gate);
        next.run = run;
        next.settings.gate_a = gate;
        engine.show(next);
        window.settle();
    }

    FakeEngine engine;
    WindowHarness window;
    int steps_ = 0;
};

TEST_F(GateWindow, PutsAGateOnTheSelectedLayerAlone) {
    act([](ImGuiTestContext* test) {
        test->SetRef(test->WindowInfo("//Gates/##cards/A").ID);
        test->ItemClick("###one layer");
    });
    ASSERT_NE(engine.last<SetGate>(), nullptr);
    EXPECT_EQ(engine.last<SetGate>()->gate, "oracle:k=64@11");
}

TEST_F(GateWindow, SwitchesEveryMarkAndPaintsTheMapAnew) {
    for (const auto& [label, shown] :
         {std::pair{"both keep", &ViewState::show_both}, std::pair{"only A", &ViewState::show_only_a},
          std::pair{"only B", &ViewState::show_only_b}, std::pair{"both miss", &ViewState::show_missed}}) {
        const std::int64_t before = rows();
        act([&, name = label](ImGuiTestContext* test) {
            test->ItemClick((std::string("//Attention/**/##") + name).c_str());
        });
        EXPECT_FALSE(view().*shown) << label;
        EXPECT_GT(rows(), before) << label;
    }
    act([](ImGuiTestContext* test) { test->KeyPress(ImGuiKey_N); });
    EXPECT_TRUE(view().show_missed);
}

TEST_F(GateWindow, PaintsTheMapAnewWhenAGateKeepsOtherKeys) {
    const std::int64_t before = rows();
    Snapshot next = *engine.snapshot();
    auto pattern = std::make_shared<PatternMatrix>(*next.pattern);
    pattern->kept_a.assign(pattern->kept_a.size(), 1);
    next.pattern = pattern;
    engine.show(next);
    window.settle();
    EXPECT_GT(rows(), before);
}

TEST_F(GateWindow, HasOneMarkFewerWithoutAGateAndNoneWithoutBoth) {
    const auto there = [&](const std::string& label) {
        bool found = false;
        act([&](ImGuiTestContext* test) { found = test->ItemExists(("//Attention/**/##" + label).c_str()); });
        return found;
    };
    Snapshot next = *engine.snapshot();
    auto pattern = std::make_shared<PatternMatrix>(*next.pattern);
    pattern->kept_b.clear();
    next.pattern = pattern;
    engine.show(next);
    window.settle();
    EXPECT_TRUE(there("A keeps"));
    EXPECT_TRUE(there("missed"));
    EXPECT_FALSE(there("only B"));
    pattern = std::make_shared<PatternMatrix>(*pattern);
    pattern->kept_a.clear();
    next.pattern = pattern;
    engine.show(next);
    window.settle();
    EXPECT_FALSE(there("missed"));
}

TEST_F(GateWindow, ShowsTheAgreementOfEitherGate) {
    view().metric = "f1";
    window.settle();
    act([](ImGuiTestContext* test) { test->ItemClick("//Heads/##slot/B"); });
    EXPECT_EQ(view().metric_slot, 1);
    act([](ImGuiTestContext* test) { test->KeyPress(ImGuiMod_Shift | ImGuiKey_A); });
    EXPECT_EQ(view().metric_slot, 0);
    view().metric = "entropy";
    window.settle();
    bool there = true;
    act([&](ImGuiTestContext* test) { there = test->ItemExists("//Heads/##slot/B"); });
    EXPECT_FALSE(there) << "entropy is of the model, not of a gate";
}

TEST_F(GateWindow, LeadsFromAChangedTokenToItsQueryInTheMap) {
    view().loss_slot = 0;
    window.settle();
    const LossChange expected =
        loss_changes(engine.snapshot()->run->gates[0].perplexity, engine.snapshot()->run->dense, std::nullopt, 3)
            .worse[2];
    act([](ImGuiTestContext* test) {
        test->SetRef(test->WindowInfo("//Changes/##worse/##rows").ID);
        test->ItemClick("$$2/##token");
    });
    EXPECT_EQ(view().window, expected.window);
    EXPECT_EQ(view().query, expected.position);
    ASSERT_NE(engine.last<ShowHead>(), nullptr);
    EXPECT_EQ(engine.last<ShowHead>()->window, expected.window);
}

TEST_F(GateWindow, ListsTheTokensOfTheShownWindowAlone) {
    view().window = 3;
    act([](ImGuiTestContext* test) {
        test->ItemClick("//Changes/###windows");
        test->ItemClick("//$FOCUSED/this window");
        test->SetRef(test->WindowInfo("//Changes/##better/##rows").ID);
        test->ItemClick("$$0/##token");
    });
    EXPECT_FALSE(view().loss_all_windows);
    EXPECT_EQ(view().window, 3);
    EXPECT_GE(view().query, 1);
}

TEST_F(GateWindow, GoesBackToAGateThatWasTried) {
    show_gate_a("oracle:k=8");
    act([](ImGuiTestContext* test) { test->ItemClick("//Tried/oracle:k=64"); });
    ASSERT_NE(engine.last<SetGate>(), nullptr);
    EXPECT_EQ(engine.last<SetGate>()->gate, "oracle:k=64");
    EXPECT_EQ(engine.last<SetGate>()->slot, GateSlot::kA);
    EXPECT_EQ(view().last_gate[0], "oracle:k=64");
    act([](ImGuiTestContext* test) {
        test->KeyDown(ImGuiMod_Shift);
        test->ItemClick("//Tried/oracle:k=8");
        test->KeyUp(ImGuiMod_Shift);
    });
    EXPECT_EQ(engine.last<SetGate>()->gate, "oracle:k=8");
    EXPECT_EQ(engine.last<SetGate>()->slot, GateSlot::kB);
}

TEST_F(GateWindow, OrdersWhatWasTriedByTrialOrBySparsity) {
    show_gate_a("oracle:k=8");
    const auto place = [&](const std::string& gate) {
        ImVec2 centre;
        act([&](ImGuiTestContext* test) { centre = test->ItemInfo(("//Tried/" + gate).c_str()).RectFull.GetCenter(); });
        return centre;
    };
    EXPECT_LT(place("oracle:k=64").x, place("oracle:k=8").x);
    act([](ImGuiTestContext* test) {
        test->ItemClick("//Tried/###by");
        test->ItemClick("//$FOCUSED/by sparsity");
    });
    EXPECT_TRUE(view().tried_by_sparsity);
    EXPECT_EQ(place("oracle:k=64").x, place("oracle:k=8").x) << "both drop as much in this picture";
}

TEST_F(GateWindow, ChoosesAGateUnderItsHeading) {
    act([](ImGuiTestContext* test) {
        test->SetRef(test->WindowInfo("//Gates/##cards/A").ID);
        test->ItemClick("###kind");
        test->ItemClick("//$FOCUSED/Uniform random");
    });
    ASSERT_NE(engine.last<SetGate>(), nullptr);
    EXPECT_EQ(parse_gate(engine.last<SetGate>()->gate).terms[0].id, "uniform");
}

TEST_F(GateWindow, BrowsesForTheFileOfAGate) {
    const TemporaryFolder folder;
    const std::string path = (folder.path() / "mine.safetensors").string();
    std::ofstream(path) << "never read here";
    act([](ImGuiTestContext* test) {
        test->SetRef(test->WindowInfo("//Gates/##cards/A").ID);
        test->ItemClick("###kind");
        test->ItemClick("//$FOCUSED/Learned");
        test->SetRef(test->WindowInfo("//Gates/##cards/A").ID);
        test->ItemClick("###browse file");
    });
    EXPECT_EQ(engine.last<SetGate>(), nullptr) << "without its file there is nothing to measure";
    act([&](ImGuiTestContext* test) { test->ItemInputValue("//Gate file/##path", path.c_str()); });
    ASSERT_NE(engine.last<SetGate>(), nullptr);
    const GateSpec gate = parse_gate(engine.last<SetGate>()->gate);
    EXPECT_EQ(gate.terms[0].id, "learned");
    EXPECT_EQ(text(gate.terms[0].values, "file"), path);
}

TEST_F(GateWindow, EditsAComposedGateAsText) {
    show_gate_a("oracle:k=16@0-3+oracle:k=64@4-29");
    act([](ImGuiTestContext* test) {
        test->SetRef(test->WindowInfo("//Gates/##cards/A").ID);
        test->ItemInputValue("##syntax", "oracle:k=8@0-3+window:sinks=4,local=60@4-29");
    });
    ASSERT_NE(engine.last<SetGate>(), nullptr);
    EXPECT_EQ(engine.last<SetGate>()->gate, "oracle:k=8@0-3+window:sinks=4,local=60@4-29");
}

TEST_F(GateWindow, ComposesAGateFromASimpleOne) {
    act([](ImGuiTestContext* test) {
        test->SetRef(test->WindowInfo("//Gates/##cards/B").ID);
        test->ItemClick("###kind");
        test->ItemClick("//$FOCUSED/Composed, as text");
        test->SetRef(test->WindowInfo("//Gates/##cards/B").ID);
        test->ItemInputValue("##syntax", "window:sinks=4,local=60@0-9+oracle:k=4@10-29");
    });
    ASSERT_NE(engine.last<SetGate>(), nullptr);
    EXPECT_EQ(engine.last<SetGate>()->slot, GateSlot::kB);
    EXPECT_EQ(parse_gate(engine.last<SetGate>()->gate).terms.size(), 2U);
}

TEST_F(GateWindow, DrawsTheFirstWindowWithoutIntervals) {
    Snapshot next = *engine.snapshot();
    next.run = fake::run({}, 1);
    engine.show(next);
    window.settle();
    EXPECT_GT(ImGui::GetDrawData()->TotalVtxCount, 1000);
    next.run = fake::run({}, 0);
    next.gate_a.reset();
    next.gate_b.reset();
    engine.show(next);
    window.settle();
    EXPECT_GT(ImGui::GetDrawData()->TotalVtxCount, 1000);
}

TEST_F(GateWindow, DrawsGatesThatRuinTheModel) {
    Snapshot next = *engine.snapshot();
    auto run = std::make_shared<RunResult>(*next.run);
    PerplexityEstimate& ruined = run->gates[1].perplexity.estimate;
    ruined.perplexity = 2e5, ruined.low = 0, ruined.high = std::numeric_limits<double>::infinity();
    next.run = run;
    engine.show(next);
    window.settle();
    bool there = false;
    act([&](ImGuiTestContext* test) { there = test->ItemExists("//Tried/window:sinks=4,local=60"); });
    EXPECT_TRUE(there);
    run = std::make_shared<RunResult>(*run);
    run->gates[1].perplexity.estimate.perplexity = std::numeric_limits<double>::infinity();
    next.run = run;
    engine.show(next);
    window.settle();
    act([&](ImGuiTestContext* test) { there = test->ItemExists("//Tried/window:sinks=4,local=60"); });
    EXPECT_FALSE(there) << "beyond every scale";
}

TEST_F(GateWindow, OffersAGateWhereNoneIsSet) {
    Snapshot next = fake::snapshot();
    auto run = std::make_shared<RunResult>(*next.run);
    run->gates.clear();
    run->text = fake::text({30, 9, 64, 8});
    run->request.window_length = 64;
    next.run = run;
    next.settings.gate_a = next.settings.gate_b = "dense";
    next.gate_a.reset();
    next.gate_b.reset();
    engine.show(next);
    window.settle();
    for (const std::string panel : {"Tried", "Changes", "Position"}) {
        engine.sent.clear();
        act([&](ImGuiTestContext* test) { test->ItemClick(("//" + panel + "/Switch gate A on").c_str()); });
        ASSERT_NE(engine.last<SetGate>(), nullptr) << panel;
        EXPECT_EQ(engine.last<SetGate>()->gate, "oracle:k=64");
    }
}

class GateLayout : public testing::TestWithParam<std::pair<int, int>> {};

TEST_P(GateLayout, PutsNoControlOutsideItsPanel) {
    FakeEngine engine(fake::snapshot());
    HarnessOptions options;
    options.width = GetParam().first, options.height = GetParam().second;
    ViewState view;
    view.layout = LayoutId::kGates;
    view.metric = "f1";
    WindowHarness window(engine, options, view);
    window.settle();
    ASSERT_TRUE(window.act("inside", [](ImGuiTestContext* test) {
        for (const char* name : {"//Heads", "//Attention", "//Gates", "//Tried", "//Changes", "//Position"}) {
            const ImGuiWindow* panel = test->GetWindowByRef(name);
            ImGuiTestItemList items;
            test->GatherItems(&items, name, 1);
            IM_CHECK_GT(items.GetSize(), 0);
            for (const ImGuiTestItemInfo& item : items) {
                IM_CHECK_GE(item.RectFull.Min.x, panel->Pos.x);
                IM_CHECK_LE(item.RectFull.Max.x, panel->Pos.x + panel->Size.x);
            }
        }
    }));
}

INSTANTIATE_TEST_SUITE_P(Sizes, GateLayout, testing::Values(std::pair{1600, 1000}, std::pair{1280, 720}));

}  // namespace
}  // namespace gatescope
