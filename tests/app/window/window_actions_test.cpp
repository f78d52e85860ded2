// What a user does to the window, on a null renderer and made-up numbers: every promise of the panels without a screen.
#include <gtest/gtest.h>

#include "imgui.h"
#include "imgui_internal.h"
#include "imgui_te_context.h"
#include "tests/app/window/window_harness.h"
#include "tests/support/fake_snapshot.h"

namespace gatescope {
namespace {

class Window : public testing::Test {
  protected:
    explicit Window(Snapshot first = fake::snapshot()) : engine(std::move(first)), window(engine, {}, start()) {
        window.settle();
        engine.sent.clear();
    }
    static ViewState start() {
        ViewState view;
        view.selected = {11, 4};
        return view;
    }
    ViewState& view() { return window.shell().view(); }
    static void key(ImGuiTestContext* test, int chord) { test->KeyPress(chord); }

    FakeEngine engine;
    WindowHarness window;
};

TEST_F(Window, DrawsEveryLayoutInBothThemes) {
    for (const LayoutInfo& info : layouts())
        for (const ThemeKind theme : {ThemeKind::kDark, ThemeKind::kLight}) {
            view().layout = info.id;
            view().theme = theme;
            window.settle();
            EXPECT_GT(ImGui::GetDrawData()->TotalVtxCount, 1000) << info.name;
        }
}

TEST_F(Window, MovesTheSelectionWithTheArrowsAndAsksForThatHead) {
    ASSERT_TRUE(window.act("arrows", [](ImGuiTestContext* test) {
        key(test, ImGuiKey_DownArrow);
        key(test, ImGuiKey_RightArrow);
    }));
    EXPECT_EQ(view().selected, (HeadPlace{12, 5}));
    ASSERT_NE(engine.last<ShowHead>(), nullptr);
    EXPECT_EQ(engine.last<ShowHead>()->layer, 12);
    EXPECT_EQ(engine.last<ShowHead>()->head, 5);
}

TEST_F(Window, KeepsTheSelectionInsideTheMap) {
    view().selected = {0, 0};
    ASSERT_TRUE(window.act("edge", [](ImGuiTestContext* test) {
        key(test, ImGuiKey_UpArrow);
        key(test, ImGuiKey_LeftArrow);
    }));
    EXPECT_EQ(view().selected, (HeadPlace{0, 0}));
}

TEST_F(Window, SelectsSeveralHeadsWithShift) {
    ASSERT_TRUE(window.act("several", [](ImGuiTestContext* test) { key(test, ImGuiMod_Shift | ImGuiKey_DownArrow); }));
    EXPECT_EQ(view().selected, (HeadPlace{12, 4}));
    EXPECT_EQ(view().also, (std::set<HeadPlace>{{11, 4}}));
}

TEST_F(Window, ChangesTheFigureOfTheHeadMapByMenuAndByKey) {
    ASSERT_TRUE(window.act("metric", [](ImGuiTestContext* test) {
        test->ItemClick("//Heads/###metric");
        test->MenuClick("//$FOCUSED/Attention/Entropy");
    }));
    EXPECT_EQ(view().metric, "entropy");
    ASSERT_TRUE(window.act("next metric", [](ImGuiTestContext* test) { key(test, ImGuiKey_M); }));
    EXPECT_EQ(view().metric, "effective_support");
}

TEST_F(Window, SendsAGateWhenItsNumberIsTyped) {
    ASSERT_TRUE(window.act("number", [](ImGuiTestContext* test) {
        test->SetRef(test->WindowInfo("//Gates/##cards/A").ID);
        test->ItemInputValue("Keys k/##number", 32);
    }));
    ASSERT_NE(engine.last<SetGate>(), nullptr);
    EXPECT_EQ(engine.last<SetGate>()->slot, GateSlot::kA);
    EXPECT_EQ(engine.last<SetGate>()->gate, "oracle:k=32");
}

TEST_F(Window, SendsAGateWhenItsSliderIsLetGo) {
    ASSERT_TRUE(window.act("slider", [](ImGuiTestContext* test) {
        test->SetRef(test->WindowInfo("//Gates/##cards/B").ID);
        test->MouseMove("Local keys/##track");
        test->MouseDown();
        test->MouseMoveToPos(
            ImVec2(test->ItemInfo("Local keys/##track").RectFull.Max.x - 4, ImGui::GetIO().MousePos.y));
        test->MouseUp();
    }));
    ASSERT_NE(engine.last<SetGate>(), nullptr);
    EXPECT_EQ(engine.last<SetGate>()->slot, GateSlot::kB);
    const GateSpec gate = parse_gate(engine.last<SetGate>()->gate);
    EXPECT_GT(integer(gate.terms[0].values, "local"), 200);
}

TEST_F(Window, SaysWhatIsWrongWithAGateInsteadOfSendingIt) {
    ASSERT_TRUE(window.act("wrong layers", [](ImGuiTestContext* test) {
        test->SetRef(test->WindowInfo("//Gates/##cards/A").ID);
        test->ItemInputValue("##layers", "0-3,x");
    }));
    EXPECT_EQ(engine.last<SetGate>(), nullptr);
}

// The same session on a model that is an encoder.
Snapshot encoder_snapshot() {
    Snapshot out = fake::snapshot();
    auto model = std::make_shared<ModelSummary>(*out.model);
    model->config.causal = false;
    auto run = std::make_shared<RunResult>(*out.run);
    run->model = model;
    run->dense = {};
    run->gates.clear();
    out.model = model;
    out.run = run;
    out.gate_a.reset();
    out.gate_b.reset();
    return out;
}

class EncoderWindow : public Window {
  protected:
    EncoderWindow() : Window(encoder_snapshot()) {}
};

TEST_F(EncoderWindow, SaysWhyThereAreNoGatesInPlaceOfTheirCards) {
    bool swap = true, command = true;
    ASSERT_TRUE(window.act("cards", [&](ImGuiTestContext* test) {
        swap = test->ItemExists("//Gates/Swap");
        command = test->ItemExists("//Gates/###Copy as command");
    }));
    EXPECT_FALSE(swap);
    EXPECT_FALSE(command);
}

TEST_F(Window, TogglesAndSwapsGatesByKey) {
    ASSERT_TRUE(window.act("toggle", [](ImGuiTestContext* test) { key(test, ImGuiKey_G); }));
    ASSERT_NE(engine.last<SetGate>(), nullptr);
    EXPECT_EQ(engine.last<SetGate>()->gate, "dense");
    Snapshot off = *engine.snapshot();
    off.settings.gate_a = "dense";
    off.gate_a.reset();
    engine.show(off);
    ASSERT_TRUE(window.act("toggle back", [](ImGuiTestContext* test) { key(test, ImGuiKey_G); }));
    EXPECT_EQ(engine.last<SetGate>()->gate, "oracle:k=64");
    engine.show(fake::snapshot());
    engine.sent.clear();
    ASSERT_TRUE(window.act("swap", [](ImGuiTestContext* test) { test->ItemClick("//Gates/Swap"); }));
    ASSERT_EQ(engine.sent.size(), 1U);
    EXPECT_TRUE(std::holds_alternative<SwapGates>(engine.sent[0]));
}

TEST_F(Window, RunsACommandOfThePalette) {
    ASSERT_TRUE(window.act("palette", [](ImGuiTestContext* test) {
        key(test, ImGuiMod_Ctrl | ImGuiKey_K);
        test->KeyChars("induction");
        key(test, ImGuiKey_Enter);
    }));
    EXPECT_NE(engine.last<MeasureInduction>(), nullptr);
}

TEST_F(Window, OpensADialogFromThePalette) {
    ASSERT_TRUE(window.act("palette to export", [](ImGuiTestContext* test) {
        key(test, ImGuiMod_Ctrl | ImGuiKey_K);
        test->KeyChars("export");
        key(test, ImGuiKey_Enter);
        test->ItemInputValue("//Export a capture/##path", "/nowhere/none.h5");  // ends with Enter
    }));
    ASSERT_NE(engine.last<ExportCapture>(), nullptr);
    EXPECT_EQ(engine.last<ExportCapture>()->path, "/nowhere/none.h5");
    EXPECT_FALSE(engine.last<ExportCapture>()->overwrite);
}

TEST_F(Window, CopiesWhatIsShownAsACommand) {
    std::string copied;
    ASSERT_TRUE(window.act("copy", [&](ImGuiTestContext* test) {
        test->ItemClick("//Gates/###Copy as command");
        copied = ImGui::GetClipboardText();
    }));
    EXPECT_EQ(copied, engine.snapshot()->command_line);
}

TEST_F(Window, SwitchesLayoutsWithNumberKeys) {
    ASSERT_TRUE(window.act("layouts", [](ImGuiTestContext* test) { key(test, ImGuiKey_7); }));
    EXPECT_EQ(view().layout, LayoutId::kCaptures);
    ASSERT_TRUE(window.act("back", [](ImGuiTestContext* test) { key(test, ImGuiKey_1); }));
    EXPECT_EQ(view().layout, LayoutId::kBrowse);
}

TEST_F(Window, CancelsTheRunningJob) {
    ASSERT_TRUE(window.act("cancel", [](ImGuiTestContext* test) { test->ItemClick("//Status/Cancel"); }));
    ASSERT_NE(engine.last<CancelJob>(), nullptr);
    EXPECT_EQ(engine.last<CancelJob>()->job, 1U);
}

TEST_F(Window, OpensDroppedFilesByTheirNames) {
    window.shell().open_dropped("/data/model.gguf");
    EXPECT_EQ(engine.last<OpenModel>()->path, "/data/model.gguf");
    window.shell().open_dropped("/data/run.h5");
    EXPECT_EQ(engine.last<OpenCapture>()->path, "/data/run.h5");
    window.shell().open_dropped("/data/words.txt");
    EXPECT_EQ(engine.last<OpenText>()->path, "/data/words.txt");
}

TEST_F(Window, SendsATypedText) {
    ASSERT_TRUE(window.act("type", [](ImGuiTestContext* test) {
        key(test, ImGuiMod_Ctrl | ImGuiMod_Shift | ImGuiKey_T);
        test->KeyChars("Some words to measure");
        test->ItemClick("//Type a text/Use it");
    }));
    ASSERT_NE(engine.last<UseText>(), nullptr);
    EXPECT_EQ(engine.last<UseText>()->contents, "Some words to measure");
}

TEST_F(Window, OutlinesTheTokenThatIsClicked) {
    view().query = -1;
    ASSERT_TRUE(window.act("token", [](ImGuiTestContext* test) {
        const ImGuiWindow* text = test->GetWindowByRef("//Tokens");
        ASSERT_NE(text, nullptr);
        test->MouseMoveToPos(ImVec2(text->Pos.x + 30, text->Pos.y + 48));
        test->MouseClick();
    }));
    EXPECT_EQ(view().query, 0);
}

TEST_F(Window, ShowsErrorsUntilTheyAreDismissed) {
    Snapshot next = *engine.snapshot();
    next.messages.push_back({7, Severity::kError, "broken.gguf: not a GGUF file", "12:00:00"});
    engine.show(next);
    window.settle();
    ASSERT_TRUE(window.act("dismiss", [](ImGuiTestContext* test) { test->ItemClick("//Notice 0/Dismiss"); }));
    ASSERT_NE(engine.last<DismissMessage>(), nullptr);
    EXPECT_EQ(engine.last<DismissMessage>()->message, 7U);
}

TEST_F(Window, UploadsAMapOnceAndNotWithEveryFrame) {
    const std::int64_t rows = window.null_textures().rows_uploaded();
    EXPECT_GT(rows, 0);
    window.frames(20);
    EXPECT_EQ(window.null_textures().rows_uploaded(), rows);
    Snapshot next = *engine.snapshot();
    next.pattern = fake::pattern({}, 3, 2, 0);
    engine.show(next);
    window.settle();
    EXPECT_GT(window.null_textures().rows_uploaded(), rows);
    EXPECT_EQ(window.null_textures().alive(), 1U);
}

TEST_F(Window, ZoomsTheMapWithTheWheelAndShowsItAllAgainOnADoubleClick) {
    const auto rows = [&] { return window.null_textures().rows_uploaded(); };
    const std::int64_t whole = rows();
    bool hovered = false;
    ASSERT_TRUE(window.act("zoom", [&](ImGuiTestContext* test) {
        const ImGuiWindow* panel = test->GetWindowByRef("//Attention");
        test->MouseMoveToPos(ImVec2(panel->Pos.x + 200, panel->Pos.y + 200));
        for (int step = 0; step < 20; ++step) test->MouseWheelY(1);
        hovered = view().hover.query.has_value();
    }));
    window.settle();
    EXPECT_EQ(rows(), whole) << "at a cell a pixel or more the same picture serves";
    EXPECT_TRUE(hovered);
    ASSERT_TRUE(window.act("reset", [](ImGuiTestContext* test) { test->MouseDoubleClick(); }));
}

TEST_F(Window, GoesFromPanelToPanelByKey) {
    ASSERT_TRUE(window.act("panels", [](ImGuiTestContext* test) {
        test->WindowFocus("//Heads");
        key(test, ImGuiKey_F6);
        IM_CHECK_STR_EQ(test->UiContext->NavWindow->RootWindow->Name, "Attention");
    }));
}

TEST_F(Window, ChoosesTheDevice) {
    ASSERT_TRUE(window.act("device", [](ImGuiTestContext* test) {
        test->ItemClick("//Top bar/###device");
        test->ItemClick("//$FOCUSED/bfloat16");
    }));
    ASSERT_NE(engine.last<SetDevice>(), nullptr);
    EXPECT_EQ(engine.last<SetDevice>()->dtype, "bfloat16");
}

struct EmptyWindow : Window {
    EmptyWindow() : Window(fake::empty()) {}
};

TEST_F(EmptyWindow, OffersToOpenAModelInItsEmptyPanels) {
    ASSERT_TRUE(window.act("open", [](ImGuiTestContext* test) {
        test->ItemClick("//Heads/Open a model…");
        test->ItemClick("//Open a model/**/The sample##sample");
    }));
    ASSERT_NE(engine.last<OpenModel>(), nullptr);
    EXPECT_EQ(engine.last<OpenModel>()->path, "sample");
}

struct OpeningWindow : Window {
    OpeningWindow() : Window(fake::opening()) {}
};

TEST_F(OpeningWindow, DrawsWhileTheModelLoads) {
    for (const LayoutInfo& info : layouts()) {
        view().layout = info.id;
        window.settle();
        EXPECT_GT(ImGui::GetDrawData()->TotalVtxCount, 100) << info.name;
    }
}

}  // namespace
}  // namespace gatescope
