// Pictures of the gate panels in their states, from made-up numbers: for people to look at.
#include <gtest/gtest.h>

#include "analysis/perplexity.h"
#include "imgui.h"
#include "imgui_te_context.h"
#include "tests/app/window/window_harness.h"
#include "tests/support/fake_snapshot.h"

namespace gatescope {
namespace {

ViewState gates_view(ThemeKind theme) {
    ViewState view;
    view.layout = LayoutId::kGates;
    view.theme = theme;
    view.selected = {11, 4};
    view.metric = "f1";
    return view;
}

HarnessOptions real(int width = 1600, int height = 1000) {
    HarnessOptions options;
    options.real = true;
    options.width = width, options.height = height;
    return options;
}

// The session with A set to `gate`, whose every loss is raised by `added`.
Snapshot with_gate(const std::string& gate, float added, double sparsity) {
    Snapshot out = fake::snapshot();
    auto run = std::make_shared<RunResult>(*out.run);
    GateResult& result = run->gates[0];
    result.gate = parse_gate(gate);
    result.sparsity = sparsity;
    for (auto& row : result.perplexity.token_nll)
        for (float& nll : row) nll += added;
    result.perplexity.estimate = estimate_perplexity(result.perplexity.token_nll);
    result.from_dense = paired_difference(result.perplexity.token_nll, run->dense.token_nll);
    out.run = run;
    out.settings.gate_a = print_gate(result.gate);
    return out;
}

// One after the other, as in a session.
void try_many(FakeEngine& engine, WindowHarness& window) {
    const std::vector<std::tuple<std::string, float, double>> tries = {{"oracle:k=32", 0.03F, 0.94},
                                                                       {"oracle:k=16", 0.09F, 0.97},
                                                                       {"uniform:k=64", 0.35F, 0.875},
                                                                       {"random:k=64,seed=1", 0.33F, 0.875},
                                                                       {"strided:k=64", 0.28F, 0.87},
                                                                       {"block:b=16,n=4", 0.06F, 0.875},
                                                                       {"heavy:k=64", 0.11F, 0.875},
                                                                       {"ablate-zero@5/3", 0.02F, 0.0},
                                                                       {"window:sinks=4,local=252", 0.04F, 0.5}};
    for (const auto& [gate, added, sparsity] : tries) {
        engine.show(with_gate(gate, added, sparsity));
        window.frames(2);
    }
}

TEST(GateScreenshots, AreWrittenForAnInterventionWithItsCaution) {
    const Snapshot shown = with_gate("kernel-rank:r=32", 4.5F, 0);
    write_picture("gates_rank", shown, gates_view(ThemeKind::kDark), real());
    write_picture("gates_rank_small", shown, gates_view(ThemeKind::kLight), real(1280, 720));
}

TEST(GateScreenshots, AreWrittenForASessionOfManyTrials) {
    for (const ThemeKind theme : {ThemeKind::kDark, ThemeKind::kLight}) {
        const bool dark = theme == ThemeKind::kDark;
        FakeEngine engine(fake::snapshot());
        WindowHarness window(engine, dark ? real() : real(1280, 720), gates_view(theme));
        window.settle();
        try_many(engine, window);
        window.shell().view().tried_by_sparsity = !dark;
        window.shell().view().metric_slot = dark ? 1 : 0;
        engine.show(with_gate("oracle:k=16@0-3+block:b=16,n=4@4-19+oracle:k=64@20-29/0-4", 0.05F, 0.9));
        window.settle();
        window.screenshot(dark ? "gates_tried" : "gates_tried_small_light");
    }
}

TEST(GateScreenshots, AreWrittenForTheMenuAndAGateWithAFile) {
    FakeEngine engine(with_gate("learned:k=64,sinks=1,local=16,file=/data/gates/learned-kl.safetensors", 0.04F, 0.875));
    WindowHarness window(engine, real(), gates_view(ThemeKind::kDark));
    window.settle();
    // By hand: what the test engine opens it closes when its steps are over.
    ImVec2 menu;
    ASSERT_TRUE(window.act("menu", [&](ImGuiTestContext* test) {
        test->SetRef(test->WindowInfo("//Gates/##cards/A").ID);
        menu = test->ItemInfo("###kind").RectFull.GetCenter();
    }));
    ImGui::GetIO().AddMousePosEvent(menu.x, menu.y);
    window.frames(2);
    for (const bool down : {true, false}) {
        ImGui::GetIO().AddMouseButtonEvent(0, down);
        window.frames(2);
    }
    window.screenshot("gates_menu");
}

TEST(GateScreenshots, AreWrittenForAGateThatHasJustBegun) {
    Snapshot first = fake::snapshot();
    first.run = fake::run({}, 1);
    FakeEngine engine(first);
    WindowHarness window(engine, real(), gates_view(ThemeKind::kDark));
    window.settle();
    window.screenshot("gates_first_window");
}

TEST(GateScreenshots, AreWrittenForLongWindowsAndOneGate) {
    Snapshot shown = fake::snapshot({12, 8, 4096, 2});
    auto pattern = std::make_shared<PatternMatrix>(*shown.pattern);
    pattern->kept_b.clear();
    shown.pattern = pattern;
    shown.settings.gate_b = "dense";
    shown.gate_b.reset();
    FakeEngine engine(shown);
    ViewState view = gates_view(ThemeKind::kDark);
    view.colours = "magma";
    WindowHarness window(engine, real(), view);
    window.settle();
    window.screenshot("gates_4096");
}

}  // namespace
}  // namespace gatescope
