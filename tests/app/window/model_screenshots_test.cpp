// Pictures of choosing a model, dark and light, in two sizes: for people to look at.
#include <gtest/gtest.h>

#include <fstream>

#include "imgui.h"
#include "imgui_te_context.h"
#include "tests/app/window/window_harness.h"
#include "tests/support/fake_snapshot.h"
#include "tests/support/temporary_folder.h"

namespace gatescope {
namespace {

enum class Shown { kEmpty, kReading, kFits, kTooLarge, kBroken };

struct Look {
    std::string name;
    Shown shown;
    ThemeKind theme = ThemeKind::kDark;
    int width = 1600, height = 1000;
};

HarnessOptions real_window(int width, int height) {
    HarnessOptions options;
    options.real = true;
    options.width = width, options.height = height;
    return options;
}

std::shared_ptr<const ModelPreview> preview_for(Shown shown, const std::string& path) {
    if (shown == Shown::kFits) return fake::preview(path, 21'300'000'000);
    if (shown == Shown::kTooLarge) return fake::preview(path, 6'100'000'000);
    if (shown == Shown::kBroken)
        return fake::broken_preview(
            path,
            path + ": unknown architecture \"mamba\"; known: gpt2, gpt_neox, llama, mistral, qwen2, qwen3, gemma2");
    return nullptr;
}

class ModelScreenshots : public testing::TestWithParam<Look> {};

TEST_P(ModelScreenshots, AreWritten) {
    const Look& look = GetParam();
    const TemporaryFolder files;
    for (const char* folder : {"Llama-3.2-1B", "gpt2", "pythia-410m", "unsorted"})
        std::filesystem::create_directory(files.path() / folder);
    for (const char* file :
         {"Llama-3.2-1B/config.json", "gpt2/config.json", "pythia-410m/config.json", "notes.txt",
          "SmolLM2-135M-Instruct.Q4_1.gguf", "a-rather-long-name-of-a-model-trained-by-somebody.safetensors"})
        std::ofstream(files.path() / file) << std::string(100'000, 'x');
    const std::string chosen = (files.path() / "Llama-3.2-1B").string();
    FakeEngine engine(fake::snapshot());
    ViewState view;
    view.theme = look.theme;
    view.recent_models = {(files.path() / "SmolLM2-135M-Instruct.Q4_1.gguf").string(),
                          (files.path() / "gpt2").string()};
    WindowHarness window(engine, real_window(look.width, look.height), view);
    window.settle();
    ASSERT_TRUE(window.act("open", [&](ImGuiTestContext* test) {
        test->KeyPress(ImGuiMod_Ctrl | ImGuiKey_O);
        if (look.shown == Shown::kEmpty) return;
        test->SetRef(test->WindowInfo("//Open a model/##files").ID);
        test->ItemClick("Llama-3.2-1B\\/");
    }));
    Snapshot next = *engine.snapshot();
    next.preview = preview_for(look.shown, chosen);
    engine.show(next);
    window.settle();
    window.screenshot("model_" + look.name);
}

INSTANTIATE_TEST_SUITE_P(
    Looks, ModelScreenshots,
    testing::Values(Look{"empty", Shown::kEmpty}, Look{"reading", Shown::kReading}, Look{"fits", Shown::kFits},
                    Look{"fits_light", Shown::kFits, ThemeKind::kLight},
                    Look{"fits_small", Shown::kFits, ThemeKind::kDark, 1280, 720}, Look{"large", Shown::kTooLarge},
                    Look{"large_light", Shown::kTooLarge, ThemeKind::kLight},
                    Look{"large_small", Shown::kTooLarge, ThemeKind::kLight, 1280, 720}, Look{"broken", Shown::kBroken},
                    Look{"broken_light", Shown::kBroken, ThemeKind::kLight, 1280, 720}),
    [](const auto& look) { return look.param.name; });

TEST(RefusalScreenshots, AreWritten) {
    for (const ThemeKind theme : {ThemeKind::kDark, ThemeKind::kLight}) {
        const bool dark = theme == ThemeKind::kDark;
        Snapshot refused = fake::snapshot();
        refused.refusal = std::make_shared<const LoadRefusal>(
            LoadRefusal{1, fake::preview("/data/Llama-3.2-1B", 6'100'000'000, dark ? 0 : 1'700'000'000)});
        FakeEngine engine(std::move(refused));
        ViewState view;
        view.theme = theme;
        WindowHarness window(engine, real_window(1280, 720), view);
        window.settle();
        window.screenshot(dark ? "model_refused" : "model_refused_light");
    }
}

TEST(WeightsOnlyScreenshots, AreWritten) {
    Snapshot bare = fake::empty();
    bare.model = fake::preview("/data/Llama-3.2-1B", 1)->summary;
    bare.weights_only = true;
    FakeEngine engine(std::move(bare));
    WindowHarness window(engine, real_window(1280, 720));
    window.settle();
    window.screenshot("model_weights_only");
}

}  // namespace
}  // namespace gatescope
