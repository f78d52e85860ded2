// The layout Spectra on the real engine: a random Llama of a few thousand parameters, and what a user clicks.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
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
constexpr std::chrono::seconds kLongest{240};

class RealSpectra : public testing::Test {
  protected:
    RealSpectra() {
        setenv("XDG_CACHE_HOME", (files_.path() / "cache").c_str(), 1);
        speaking_llama({}).write(files_.path() / "small.gguf");
        std::ofstream text(files_.path() / "text.txt");
        for (int n = 0; n < 400; ++n) text << "the " << n << "th of the aaaa; ";
        text.close();
        Settings settings;
        settings.model_path = path("small.gguf");
        settings.text_path = path("text.txt");
        settings.window_length = 64, settings.windows = 2;
        settings.device = "cpu";
        engine_ = std::make_unique<SessionEngine>(settings, [] {});
        ViewState view;
        view.layout = LayoutId::kSpectra;
        view.metric = "weights/folded/skew_fraction";
        window_ = std::make_unique<WindowHarness>(*engine_, HarnessOptions{}, view);
    }
    std::string path(const std::string& name) const { return (files_.path() / name).string(); }
    // Draws on while it waits, so that the window may ask for what it shows.
    Picture until(const std::function<bool(const Snapshot&)>& wanted) {
        engine_->session().wait([](const Snapshot& now) { return now.model != nullptr; }, kLongest);
        window_->settle();
        Picture found = engine_->session().wait(wanted, kLongest);
        if (found == nullptr) {
            std::string said;
            const Picture last = engine_->snapshot();
            for (const Message& message : last->messages) said += message.text + "\n";
            ADD_FAILURE() << "never came about; the engine said:\n" << said;
        }
        window_->settle();
        return found ? found : engine_->snapshot();
    }
    void act(const std::function<void(ImGuiTestContext*)>& steps) {
        ASSERT_TRUE(window_->act("step " + std::to_string(++steps_), steps));
    }
    void click(const std::string& item) {
        act([&](ImGuiTestContext* test) { test->ItemClick(item.c_str()); });
    }
    static bool has_kernels(const Snapshot& now) {
        return now.spectra && now.spectra->spectra->folded && now.spectra->spectra->controls;
    }

    TemporaryFolder files_;
    std::unique_ptr<SessionEngine> engine_;
    std::unique_ptr<WindowHarness> window_;
    int steps_ = 0;
};

TEST_F(RealSpectra, KernelsComeWithoutBeingAskedForAndTurnWithTheOffset) {
    const Picture first = until(has_kernels);
    ASSERT_TRUE(has_kernels(*first));
    const Spectra& here = *first->spectra->spectra;
    act([](ImGuiTestContext* test) { test->ItemInputValue("//Spectrum/**/Offset/##number", "7"); });
    const Picture turned =
        until([](const Snapshot& now) { return has_kernels(now) && now.spectra->spectra->request.delta == 7; });
    const Spectra& there = *turned->spectra->spectra;
    EXPECT_NE(here.folded->figures.at("skew_fraction").values, there.folded->figures.at("skew_fraction").values);
    for (const float share : there.folded->figures.at("skew_fraction").values) {
        EXPECT_GE(share, 0);
        EXPECT_LE(share, 1);
    }
}

TEST_F(RealSpectra, ActivationsRunWithinTheirCapacity) {
    until([](const Snapshot& now) { return has_kernels(now) && now.run && now.run->complete; });
    window_->shell().view().spectra.depth = DepthChart::kCapacity;
    window_->settle();
    click("//Depth/Measure activations");
    const Picture measured =
        until([](const Snapshot& now) { return now.spectra->spectra->activations && now.jobs.empty(); });
    ASSERT_TRUE(measured->spectra->spectra->activations);
    const ActivationSpectra& activations = *measured->spectra->spectra->activations;
    for (const float rank : activations.skew.ranks.at("effective_rank").values)
        EXPECT_LE(rank, static_cast<float>(activations.capacity));
    EXPECT_TRUE(has_kernels(*measured)) << "what was there stays";
}

TEST_F(RealSpectra, ASurveyIsKeptInItsCaptureAndOpenedFromIt) {
    until(has_kernels);
    window_->shell().view().spectra.survey_path = path("survey.h5");
    window_->settle();
    click("//Checkpoints/**/Open model");
    click("//Checkpoints/###start");
    const Picture surveyed = until([](const Snapshot& now) { return now.survey && now.survey->complete; });
    ASSERT_NE(surveyed->survey, nullptr);
    ASSERT_EQ(surveyed->survey->models.size(), 1U);
    until([&](const Snapshot& now) { return now.jobs.empty() && std::filesystem::exists(path("survey.h5")); });
    click("//Checkpoints/Close");
    until([](const Snapshot& now) { return now.survey == nullptr; });
    engine_->send(OpenCapture{path("survey.h5")});
    const Picture opened = until([](const Snapshot& now) { return now.survey != nullptr; });
    ASSERT_NE(opened->survey, nullptr);
    EXPECT_EQ(opened->survey->models[0]->spectra->folded->skew.values.values,
              surveyed->survey->models[0]->spectra->folded->skew.values.values);
}

TEST_F(RealSpectra, ComponentsFollowTheHeadTheOffsetAndTheWindow) {
    const auto shows = [](const ComponentsRequest& wanted) {
        return [wanted](const Snapshot& now) {
            return now.components && now.components->request == wanted && now.run && now.run->text &&
                   now.components->ids == now.run->text->windows[static_cast<std::size_t>(wanted.window)];
        };
    };
    ComponentsRequest wanted;
    const Picture first = until(shows(wanted));
    ASSERT_TRUE(shows(wanted)(*first));
    for (const HeadComponent& plane : first->components->planes) EXPECT_EQ(plane.tokens.size(), 64U);
    ViewState& view = window_->shell().view();
    view.selected = {1, 1};
    wanted.layer = wanted.head = 1;
    EXPECT_TRUE(shows(wanted)(*until(shows(wanted))));
    view.window = 1;
    wanted.window = 1;
    EXPECT_TRUE(shows(wanted)(*until(shows(wanted))));
    view.spectra.delta = 3;
    wanted.delta = 3;
    EXPECT_TRUE(shows(wanted)(*until(shows(wanted))));
}

}  // namespace
}  // namespace gatescope
