// The dialog and its answers on the real engine: files of random models of a few thousand parameters, and as much
// memory as the test says.
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>

#include "app/window/session_engine.h"
#include "imgui.h"
#include "imgui_te_context.h"
#include "tests/app/window/window_harness.h"
#include "tests/support/speaking_llama.h"
#include "tests/support/temporary_folder.h"

namespace gatescope {
namespace {

using Picture = std::shared_ptr<const Snapshot>;
constexpr std::chrono::seconds kLongest{120};
constexpr std::uint64_t kPlenty = 1'000'000'000'000;

class RealModels : public testing::Test {
  protected:
    RealModels() {
        setenv("XDG_CACHE_HOME", (files_.path() / "cache").c_str(), 1);
        write("small.gguf", 48);
        write("wide.gguf", 4800);
        std::ofstream(files_.path() / "broken.gguf") << "GGUF, or so it says";
        std::ofstream text(files_.path() / "text.txt");
        for (int n = 0; n < 60; ++n) text << "the " << n << "th of the aaaa; ";
        text.close();
        Settings settings;
        settings.model_path = path("small.gguf");
        settings.text_path = path("text.txt");
        settings.window_length = 64, settings.windows = 2;
        settings.device = "cpu";
        engine_ = std::make_unique<SessionEngine>(
            settings, [] {},
            [this](const std::string&) {
                return MemoryThere{"cpu", there_, 0};
            });
        ViewState view;
        view.recent_models = {path("small.gguf")};
        window_ = std::make_unique<WindowHarness>(*engine_, HarnessOptions{}, view);
    }
    void write(const std::string& name, std::uint32_t d_mlp) {
        TinyLlama shape;
        shape.d_mlp = d_mlp;
        speaking_llama(shape).write(files_.path() / name);
    }
    std::string path(const std::string& name) const { return (files_.path() / name).string(); }
    Picture until(const std::function<bool(const Snapshot&)>& wanted) {
        window_->frames(2);
        Picture found = engine_->session().wait(wanted, kLongest);
        EXPECT_NE(found, nullptr) << "never came about";
        window_->settle();
        return found ? found : engine_->snapshot();
    }
    Picture until_measured(const std::string& name) {
        return until([&](const Snapshot& now) {
            return now.run && now.run->complete && now.run->model->name == name && now.jobs.empty();
        });
    }
    void act(const std::function<void(ImGuiTestContext*)>& steps) {
        ASSERT_TRUE(window_->act("step " + std::to_string(++steps_), steps));
    }
    Picture choose(const std::string& name) {
        act([&](ImGuiTestContext* test) {
            test->KeyPress(ImGuiMod_Ctrl | ImGuiKey_O);
            test->SetRef(test->WindowInfo("//Open a model/##files").ID);
            test->ItemClick(name.c_str());
        });
        return until([&](const Snapshot& now) { return now.preview && now.preview->path == path(name); });
    }

    TemporaryFolder files_;
    std::atomic<std::uint64_t> there_{kPlenty};
    std::unique_ptr<SessionEngine> engine_;
    std::unique_ptr<WindowHarness> window_;
    int steps_ = 0;
};

TEST_F(RealModels, ArePreviewedAndOpenWhereThereIsRoom) {
    until_measured("small.gguf");
    const Picture shown = choose("wide.gguf");
    EXPECT_EQ(shown->preview->error, "");
    EXPECT_EQ(shown->preview->summary->config.d_mlp, 4800);
    EXPECT_GT(shown->preview->tokenizer_size, 256);
    EXPECT_EQ(shown->model->name, "small.gguf");
    act([](ImGuiTestContext* test) { test->ItemClick("//Open a model/Open"); });
    EXPECT_EQ(until_measured("wide.gguf")->settings.model_path, path("wide.gguf"));
}

TEST_F(RealModels, ThatCantBeOpenedSayWhy) {
    until_measured("small.gguf");
    const Picture shown = choose("broken.gguf");
    EXPECT_NE(shown->preview->error.find("broken.gguf"), std::string::npos);
    EXPECT_TRUE(shown->messages.empty());
}

TEST_F(RealModels, GetAPointForEveryGateThatIsTriedAndGoBackToIt) {
    until_measured("small.gguf");
    window_->shell().view().layout = LayoutId::kGates;
    window_->shell().view().last_gate[0] = "oracle:k=8";
    const auto measured_under = [&](const std::string& gate) {
        return until([&](const Snapshot& now) {
            return now.settings.gate_a == gate && now.gate_a && now.run->complete && now.jobs.empty() && now.pattern &&
                   !now.pattern->kept_a.empty();
        });
    };
    const auto there = [&](const std::string& item) {
        bool found = false;
        act([&](ImGuiTestContext* test) { found = test->ItemExists(item.c_str()); });
        return found;
    };
    EXPECT_FALSE(there("//Attention/**/##A keeps"));
    act([](ImGuiTestContext* test) { test->KeyPress(ImGuiKey_G); });
    measured_under("oracle:k=8");
    EXPECT_TRUE(there("//Tried/oracle:k=8"));
    EXPECT_TRUE(there("//Attention/**/##A keeps"));
    EXPECT_FALSE(there("//Tried/oracle:k=4"));
    act([](ImGuiTestContext* test) {
        test->SetRef(test->WindowInfo("//Gates/##cards/A").ID);
        test->ItemInputValue("Keys k/##number", 4);
    });
    const Picture second = measured_under("oracle:k=4");
    EXPECT_EQ(second->run->gates[*second->gate_a].windows_done, 2);
    EXPECT_TRUE(there("//Tried/oracle:k=8"));
    act([](ImGuiTestContext* test) { test->ItemClick("//Tried/oracle:k=8"); });
    measured_under("oracle:k=8");
    EXPECT_TRUE(there("//Tried/oracle:k=4"));
}

TEST_F(RealModels, OpenAsBfloat16WhereFloat32HasNoRoom) {
    until_measured("small.gguf");
    there_ = choose("wide.gguf")->preview->memory.needs.total() - 1;
    act([](ImGuiTestContext* test) { test->ItemClick("//Open a model/Cancel"); });
    until([](const Snapshot& now) { return now.preview == nullptr; });
    EXPECT_FALSE(choose("wide.gguf")->preview->memory.fits);
    act([](ImGuiTestContext* test) { test->ItemClick("//Open a model/**/Open as bfloat16"); });
    const Picture opened = until_measured("wide.gguf");
    EXPECT_EQ(opened->dtype, "bfloat16");
    EXPECT_EQ(opened->settings.dtype, "bfloat16");
}

TEST_F(RealModels, OpenByTheirHeadersAfterARefusalAndLoadOnceThereIsRoom) {
    until_measured("small.gguf");
    there_ = 1000;
    engine_->send(OpenModel{path("wide.gguf")});
    until([](const Snapshot& now) { return now.refusal != nullptr; });
    act([](ImGuiTestContext* test) { test->ItemClick("//No room for the model/Weights only"); });
    const Picture bare =
        until([](const Snapshot& now) { return now.weights_only && now.jobs.empty() && !now.model->sha256.empty(); });
    EXPECT_EQ(bare->model->name, "wide.gguf");
    there_ = kPlenty;
    act([](ImGuiTestContext* test) { test->ItemClick("//Heads/Load its weights…"); });
    EXPECT_FALSE(until_measured("wide.gguf")->weights_only);
}

}  // namespace
}  // namespace gatescope
