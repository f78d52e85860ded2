// The whole window on the real engine and the sample model: what the five-minute tour of the README promises.
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>

#include "app/window/session_engine.h"
#include "captures/capture.h"
#include "imgui.h"
#include "imgui_te_context.h"
#include "tests/app/window/window_harness.h"
#include "tests/support/temporary_folder.h"

namespace gatescope {
namespace {

constexpr std::chrono::minutes kLongest{4};

Settings sample_settings() {
    Settings settings;
    settings.model_path = settings.text_path = "sample";
    settings.window_length = 128, settings.windows = 3;
    settings.gate_b = "window:sinks=4,local=28";
    return settings;
}

class Tour : public testing::Test {
  protected:
    Tour() : engine(sample_settings(), Platform::wake), window(engine, real()) {}
    static HarnessOptions real() {
        HarnessOptions options;
        options.real = true;
        return options;
    }
    // Draws until the engine's picture is as wanted; nullptr when it never is.
    std::shared_ptr<const Snapshot> until(const std::function<bool(const Snapshot&)>& wanted) {
        window.frames(2);
        auto found = engine.session().wait(wanted, std::chrono::duration_cast<std::chrono::milliseconds>(kLongest));
        window.settle();
        return found;
    }
    static bool measured(const Snapshot& snapshot) {
        return snapshot.run && snapshot.run->complete && snapshot.pattern && snapshot.jobs.empty();
    }
    void act(const std::string& name, const std::function<void(ImGuiTestContext*)>& steps) {
        ASSERT_TRUE(window.act(name, steps));
    }

    // Kernels come by themselves, activations with a click.
    void look_at_spectra() {
        const auto kernels = until([](const Snapshot& now) { return now.spectra && now.components; });
        ASSERT_NE(kernels, nullptr);
        window.shell().view().metric = "weights/folded/skew_fraction";
        window.screenshot("sample_kernels");
        SpectraView& view = window.shell().view().spectra;
        view.depth = DepthChart::kCapacity, view.part = SpectrumPartChoice::kActivations;
        window.settle();
        act("activations", [](ImGuiTestContext* test) { test->ItemClick("//Depth/Measure activations"); });
        const auto seen = until(
            [](const Snapshot& now) { return now.spectra && now.spectra->spectra->activations && now.jobs.empty(); });
        ASSERT_NE(seen, nullptr);
        EXPECT_EQ(seen->spectra->spectra->activations->capacity, 128);
    }

    SessionEngine engine;
    WindowHarness window;
};

TEST_F(Tour, OpensTheSampleSelectsAHeadTogglesAGateExportsAndReopens) {
    const auto first = until(measured);
    ASSERT_NE(first, nullptr);
    EXPECT_EQ(first->model->config.n_layers, 30);
    const double dense = first->run->dense.estimate.perplexity;
    EXPECT_GT(dense, 5);

    act("select", [](ImGuiTestContext* test) {
        for (int i = 0; i < 5; ++i) test->KeyPress(ImGuiKey_DownArrow);
        test->KeyPress(ImGuiKey_RightArrow);
    });
    const auto selected =
        until([](const Snapshot& now) { return now.pattern && now.pattern->layer == 5 && now.pattern->head == 1; });
    ASSERT_NE(selected, nullptr);
    const PatternMatrix& map = *selected->pattern;
    double row = 0;
    for (std::int64_t key = 0; key < map.tokens; ++key)
        row += static_cast<double>(map.probabilities[static_cast<std::size_t>((map.tokens - 1) * map.tokens + key)]);
    EXPECT_NEAR(row, 1, 1e-4);

    window.shell().view().last_gate[0] = "oracle:k=8";
    act("toggle", [](ImGuiTestContext* test) { test->KeyPress(ImGuiKey_G); });
    const auto gated = until([](const Snapshot& now) {
        return measured(now) && now.gate_a && !std::isnan(now.run->gates[*now.gate_a].perplexity.estimate.perplexity);
    });
    ASSERT_NE(gated, nullptr);
    EXPECT_GT(gated->run->gates[*gated->gate_a].perplexity.estimate.perplexity, dense);
    for (const LayoutInfo& info : layouts()) {
        window.shell().view().layout = info.id;
        window.settle();
        if (info.id == LayoutId::kSpectra) look_at_spectra();
        window.screenshot("sample_" + info.name);
    }
    window.shell().view().layout = LayoutId::kBrowse;

    const TemporaryFolder folder;
    const std::string path = (folder.path() / "tour.h5").string();
    act("export", [&](ImGuiTestContext* test) {
        test->KeyPress(ImGuiMod_Ctrl | ImGuiKey_E);
        test->ItemInputValue("//Export a capture/##path", path.c_str());
    });
    ASSERT_NE(until([&](const Snapshot& now) { return now.jobs.empty() && std::filesystem::exists(path); }), nullptr);

    act("reopen", [&](ImGuiTestContext* test) {
        test->KeyPress(ImGuiMod_Ctrl | ImGuiMod_Shift | ImGuiKey_O);
        test->ItemInputValue("//Open a capture/##path", path.c_str());
    });
    const auto reopened = until([](const Snapshot& now) { return now.capture != nullptr; });
    ASSERT_NE(reopened, nullptr);
    EXPECT_NEAR(reopened->capture->dense.estimate.perplexity, dense, 1e-6 * dense);
    EXPECT_EQ(reopened->capture->gates.size(), gated->run->gates.size());
    window.shell().view().layout = LayoutId::kCaptures;
    window.settle();
    window.screenshot("sample_capture_open");
}

}  // namespace
}  // namespace gatescope
