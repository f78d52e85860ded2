// The layout Training on the real engine: a model of a few thousand parameters is started, watched, stopped, resumed
// and looked into at its checkpoints, all by what a user clicks.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "app/window/recipe_draft.h"
#include "app/window/selection.h"
#include "app/window/session_engine.h"
#include "imgui.h"
#include "imgui_te_context.h"
#include "tests/app/window/window_harness.h"
#include "tests/support/temporary_folder.h"

namespace gatescope {
namespace {

using Picture = std::shared_ptr<const Snapshot>;
constexpr std::chrono::seconds kLongest{240};
// So many that a click comes before the end.
constexpr std::int64_t kSteps = 4000;
constexpr const char* kStepsText = "4000";

class RealTraining : public testing::Test {
  protected:
    RealTraining() {
        setenv("XDG_CACHE_HOME", (files_.path() / "cache").c_str(), 1);
        std::ofstream text(files_.path() / "text.txt");
        for (int n = 0; n < 400; ++n)
            text << "Document " << n << " says that " << n << " comes before " << n + 1 << ".\n\n\n";
        text.close();
        Settings settings;
        settings.text_path = path("text.txt");
        settings.window_length = 32, settings.windows = 2;
        settings.device = "cpu";
        engine_ = std::make_unique<SessionEngine>(settings, [] {});
        ViewState view;
        view.layout = LayoutId::kTraining;
        view.metric = "entropy";
        RecipeDraft& draft = view.training.recipe;
        fill_draft(draft);
        draft.name = "smallest", draft.folder = path("runs");
        for (const auto& [field, value] :
             {std::pair{"model.n_layers", "2"}, std::pair{"model.d_model", "16"}, std::pair{"model.n_heads", "2"},
              std::pair{"data.vocabulary", "300"}, std::pair{"train.window", "32"}, std::pair{"train.batch", "2"},
              std::pair{"train.steps", kStepsText}, std::pair{"train.warmup", "5"},
              std::pair{"train.learning_rate", "0.01"}, std::pair{"report.every", "20"},
              std::pair{"report.held_out_windows", "2"}, std::pair{"report.checkpoint_every", "500"}})
            draft.values.at(field) = value;
        draft.values.at("data.text") = path("text.txt");
        window_ = std::make_unique<WindowHarness>(*engine_, real(), view);
        window_->settle();
    }
    static HarnessOptions real() {
        HarnessOptions options;
        options.real = true;
        return options;
    }
    std::string path(const std::string& name) const { return (files_.path() / name).string(); }
    Picture until(const std::string& what, const std::function<bool(const Snapshot&)>& wanted) {
        window_->frames(2);
        Picture found = engine_->session().wait(wanted, kLongest);
        if (found == nullptr) {
            std::string said;
            const Picture last = engine_->snapshot();
            for (const Message& message : last->messages) said += message.text + "\n";
            ADD_FAILURE() << what << " never came about; the engine said:\n" << said;
        }
        window_->settle();
        return found ? found : engine_->snapshot();
    }
    Picture until_status(const std::string& status) {
        return until(status,
                     [&](const Snapshot& now) { return !now.runs.empty() && now.runs.front()->status == status; });
    }
    void click(const std::string& item) {
        act([&](ImGuiTestContext* test) { test->ItemClick(item.c_str()); });
    }
    void act(const std::function<void(ImGuiTestContext*)>& steps) {
        ASSERT_TRUE(window_->act("step " + std::to_string(++steps_), steps));
    }
    // At a part of the slider, as a click; then the numbers of the head map once they are those of that checkpoint.
    std::vector<float> heads_at(float part, std::int64_t& step) {
        act([&](ImGuiTestContext* test) {
            const ImRect track = test->ItemInfo("//Compare/##checkpoint").RectFull;
            test->MouseMoveToPos({track.Min.x + 5 + part * (track.GetWidth() - 10), track.GetCenter().y});
            test->MouseClick();
        });
        const std::int64_t before = step;
        const Picture shown = until("the checkpoint's heads", [&](const Snapshot& now) {
            return now.shown_step >= 0 && now.shown_step != before && now.run && now.run->complete && now.jobs.empty();
        });
        step = shown->shown_step;
        const Derived derived = derive(shown->run.get(), shown_gates(*shown), window_->shell().view(), nullptr);
        return derived.grid == nullptr ? std::vector<float>() : derived.grid->values;
    }

    TemporaryFolder files_;
    std::unique_ptr<SessionEngine> engine_;
    std::unique_ptr<WindowHarness> window_;
    int steps_ = 0;
};

TEST_F(RealTraining, StartsWatchesStopsAndResumesARunAndScrubsThroughIt) {
    click("//Recipe/**/###start");
    const Picture learning = until("a curve", [](const Snapshot& now) {
        return !now.runs.empty() && now.runs.front()->curve && now.runs.front()->curve->step.size() > 2;
    });
    ASSERT_FALSE(learning->runs.empty());
    const auto first = learning->runs.front()->curve->series.at("perplexity").front();
    click("//Training/**/Stop");
    const Picture stopped = until_status("stopped");
    window_->screenshot("training_real_begun");
    const std::int64_t reached = stopped->runs.front()->step;
    EXPECT_LT(reached, kSteps) << "it was to be stopped before its end";
    ASSERT_FALSE(stopped->runs.front()->checkpoints.empty());
    EXPECT_EQ(stopped->runs.front()->checkpoints.back().step, reached) << "nothing is lost";

    click("//Training/**/###pause");
    const Picture done = until_status("done");
    const RunView& run = *done->runs.front();
    EXPECT_EQ(run.step, kSteps);
    EXPECT_LT(run.curve->series.at("perplexity").back(), first);
    EXPECT_GT(run.checkpoints.size(), 5U);

    std::int64_t step = -1;
    const std::vector<float> random = heads_at(0, step);
    EXPECT_EQ(step, run.checkpoints.front().step);
    const std::vector<float> trained = heads_at(1, step);
    EXPECT_EQ(step, kSteps);
    ASSERT_EQ(random.size(), 4U) << "two layers of two heads";
    ASSERT_EQ(trained.size(), 4U);
    EXPECT_NE(random, trained) << "the map follows the slider";
    EXPECT_EQ(engine_->snapshot()->shown_run, run.folder);
    window_->screenshot("training_real");
}

}  // namespace
}  // namespace gatescope
