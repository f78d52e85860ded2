// Pictures of every layout, dark and light, in two sizes, from made-up numbers: for people to look at.
#include <gtest/gtest.h>

#include "imgui.h"
#include "imgui_internal.h"
#include "imgui_te_context.h"
#include "tests/app/window/window_harness.h"
#include "tests/support/fake_lab.h"
#include "tests/support/fake_snapshot.h"

namespace gatescope {
namespace {

struct Look {
    std::string name;
    LayoutId layout;
    ThemeKind theme;
    int width, height;
    float scale = 1;
};

class Screenshots : public testing::TestWithParam<Look> {};

TEST_P(Screenshots, AreWrittenForEveryLayout) {
    const Look& look = GetParam();
    ViewState view;
    view.layout = look.layout;
    view.theme = look.theme;
    view.selected = {11, 4};
    view.query = 84;
    write_picture(look.name, fake::snapshot(), view, {.width = look.width, .height = look.height, .scale = look.scale});
}

INSTANTIATE_TEST_SUITE_P(Layouts, Screenshots,
                         testing::Values(Look{"browse_dark", LayoutId::kBrowse, ThemeKind::kDark, 1600, 1000},
                                         Look{"browse_light", LayoutId::kBrowse, ThemeKind::kLight, 1600, 1000},
                                         Look{"browse_small", LayoutId::kBrowse, ThemeKind::kDark, 1280, 720},
                                         Look{"gates_dark", LayoutId::kGates, ThemeKind::kDark, 1600, 1000},
                                         Look{"gates_small", LayoutId::kGates, ThemeKind::kLight, 1280, 720},
                                         Look{"browse_large_type", LayoutId::kBrowse, ThemeKind::kDark, 1900, 1180,
                                              1.25F},
                                         Look{"captures_small", LayoutId::kCaptures, ThemeKind::kDark, 1280, 720},
                                         Look{"captures_dark", LayoutId::kCaptures, ThemeKind::kDark, 1600, 1000}),
                         [](const auto& look) { return look.param.name; });

// The layout Runs in every state that it has.
class LabScreenshots : public testing::TestWithParam<Look> {};

TEST_P(LabScreenshots, AreWrittenForEveryState) {
    const Look& look = GetParam();
    Snapshot shown = look.name.find("start") == std::string::npos ? fake::lab() : fake::snapshot();
    ViewState view;
    view.layout = look.layout;
    view.theme = look.theme;
    if (look.name.find("mask") != std::string::npos) view.lab.distill.signal = "mask";
    if (look.name.find("wrong") != std::string::npos) {
        DistillDraft& draft = view.lab.distill;
        draft.steps = "many", draft.layers = "0-40", draft.text = "nowhere/none.txt", draft.more = true;
        draft.local = "200";
        view.lab.sweep.gates = {"strided:k=64", "orakel:k=8"}, view.lab.sweep.budgets[Swept::kKeys] = "8,x";
        view.lab.sensitivity.gate = "linear", view.lab.sensitivity.budgets[Swept::kKeys].mean = "0",
        view.lab.sensitivity.each_head = true;
    }
    if (look.name.find("midway") != std::string::npos) {
        shown.distillation = fake::distillation(300);
        shown.sweep = fake::sweep(7);
        shown.sensitivity = fake::sensitivity(100);
    }
    if (look.name.find("ranks") != std::string::npos) {
        shown.sweep = fake::rank_sweep();
        shown.sensitivity = fake::rank_sensitivity();
        view.lab.sensitivity.gate = "kernel-rank";
        view.lab.sweep.gates = {"kernel-rank", "kernel-random"};
        view.lab.sweep.with_a = view.lab.sweep.with_b = false;
    }
    write_picture(look.name, std::move(shown), view, {.width = look.width, .height = look.height, .scale = look.scale});
}

INSTANTIATE_TEST_SUITE_P(Lab, LabScreenshots,
                         testing::Values(Look{"runs_dark", LayoutId::kRuns, ThemeKind::kDark, 1600, 1000},
                                         Look{"runs_light", LayoutId::kRuns, ThemeKind::kLight, 1600, 1000},
                                         Look{"runs_small", LayoutId::kRuns, ThemeKind::kDark, 1280, 720},
                                         Look{"runs_ranks", LayoutId::kRuns, ThemeKind::kDark, 1600, 1000},
                                         Look{"runs_ranks_small", LayoutId::kRuns, ThemeKind::kLight, 1280, 720},
                                         Look{"runs_midway", LayoutId::kRuns, ThemeKind::kDark, 1600, 1000},
                                         Look{"runs_mask", LayoutId::kRuns, ThemeKind::kDark, 1600, 1000},
                                         Look{"runs_mask_small", LayoutId::kRuns, ThemeKind::kLight, 1280, 720},
                                         Look{"runs_wrong_small", LayoutId::kRuns, ThemeKind::kDark, 1280, 720},
                                         Look{"runs_start", LayoutId::kRuns, ThemeKind::kDark, 1600, 1000},
                                         Look{"runs_start_small", LayoutId::kRuns, ThemeKind::kDark, 1280, 720}),
                         [](const auto& look) { return look.param.name; });

struct DialogLook {
    std::string name;
    int chord;
};

class DialogScreenshots : public testing::TestWithParam<DialogLook> {};

TEST_P(DialogScreenshots, AreWritten) {
    FakeEngine engine(fake::snapshot());
    HarnessOptions options;
    options.real = true;
    WindowHarness window(engine, options);
    window.settle();
    ASSERT_TRUE(window.act("open", [](ImGuiTestContext* test) { test->KeyPress(GetParam().chord); }));
    window.settle();
    window.screenshot("dialog_" + GetParam().name);
}

INSTANTIATE_TEST_SUITE_P(Dialogs, DialogScreenshots,
                         testing::Values(DialogLook{"palette", ImGuiMod_Ctrl | ImGuiKey_K},
                                         DialogLook{"help", ImGuiKey_F1},
                                         DialogLook{"open_model", ImGuiMod_Ctrl | ImGuiKey_O},
                                         DialogLook{"export", ImGuiMod_Ctrl | ImGuiKey_E},
                                         DialogLook{"type_text", ImGuiMod_Ctrl | ImGuiMod_Shift | ImGuiKey_T}),
                         [](const auto& look) { return look.param.name; });

TEST(StateScreenshots, AreWrittenForTheMapZoomedInAndForLongWindows) {
    HarnessOptions options;
    options.real = true;
    ViewState view;
    view.selected = {11, 4};
    FakeEngine engine(fake::snapshot());
    {
        WindowHarness window(engine, options, view);
        window.settle();
        ASSERT_TRUE(window.act("zoom", [](ImGuiTestContext* test) {
            const ImGuiWindow* panel = test->GetWindowByRef("//Attention");
            test->MouseMoveToPos(ImVec2(panel->Pos.x + 200, panel->Pos.y + 200));
            for (int step = 0; step < 20; ++step) test->MouseWheelY(1);
        }));
        window.settle();
        window.screenshot("state_zoomed");
    }
    engine.show(fake::snapshot({12, 8, 4096, 2}));
    WindowHarness window(engine, options, view);
    window.settle();
    window.screenshot("state_4096");
}

TEST(StateScreenshots, AreWrittenForTroubleOverlaysAndTheStart) {
    HarnessOptions options;
    options.real = true;
    ViewState view;
    view.selected = {11, 4};
    view.also = {{10, 4}, {11, 5}};
    view.metric = "entropy";
    view.tint = TokenTint::kGateB;
    Snapshot shown = fake::snapshot();
    shown.messages.push_back(
        {1, Severity::kError,
         "model.gguf: tensor blk.3.attn_q.weight reaches past the end of the file; download it again", "12:00:00"});
    shown.jobs.clear();
    FakeEngine engine(std::move(shown));
    {
        WindowHarness window(engine, options, view);
        window.settle();
        window.screenshot("state_trouble");
    }
    engine.show(fake::opening());
    {
        WindowHarness window(engine, options);
        window.settle();
        window.screenshot("state_opening");
    }
    engine.show(fake::empty());
    WindowHarness window(engine, options);
    window.settle();
    window.screenshot("state_empty");
}

}  // namespace
}  // namespace gatescope
