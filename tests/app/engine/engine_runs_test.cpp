// Training runs of the whole engine: a model of a few thousand weights on a text of a few lines.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "captures/capture.h"
#include "tests/app/engine/engine_fixture.h"

namespace gatescope {
namespace {

class EngineRuns : public EngineFixture {
  protected:
    void SetUp() override {
        EngineFixture::SetUp();
        std::ofstream text(folder_.path() / "train.txt");
        for (int n = 0; n < 300; ++n)
            text << "line " << n * n % 97 << " says that " << n << " is near " << n + 1 << "\n";
    }
    StartRuns run(const std::string& name, std::int64_t steps) const {
        StartRuns out;
        out.recipe = default_recipe();
        out.recipe.name = name;
        const auto set = [&](const std::string& field, const std::string& value) {
            set_field(out.recipe, field, value);
        };
        set("model.n_layers", "2");
        set("model.d_model", "16");
        set("model.n_heads", "2");
        set("data.text", path("train.txt"));
        set("data.separator", "\\n");
        set("data.held_out_share", "0.2");
        set("data.vocabulary", "300");
        set("gate.gate", "soft-learned");
        set("gate.dim", "4");
        set("train.steps", std::to_string(steps));
        set("train.batch", "2");
        set("train.window", "16");
        set("train.warmup", "2");
        set("report.every", "4");
        set("report.held_out_windows", "2");
        set("report.checkpoint_every", "4");
        out.folder = path(name);
        return out;
    }
    static const RunView* shown(const Snapshot& snapshot, const std::string& folder) {
        for (const auto& view : snapshot.runs)
            if (view->folder == folder) return view.get();
        return nullptr;
    }
    Picture wait_for(const std::string& name, const std::string& status) {
        return wait([&](const Snapshot& now) {
            const RunView* view = shown(now, path(name));
            EXPECT_TRUE(!view || view->status != "failed") << view->message;
            return view && (view->status == status || view->status == "failed");
        });
    }
    std::vector<double> perplexities(const Snapshot& snapshot, const std::string& name) const {
        return shown(snapshot, path(name))->curve->series.at("perplexity");
    }
};

TEST_F(EngineRuns, ARunTrainsAndItsCaptureHoldsItsCurve) {
    session_->send(run("run", 12));
    const Picture picture = wait_for("run", "done");
    const RunView* view = shown(*picture, path("run"));
    EXPECT_EQ(view->step, 12);
    EXPECT_EQ(view->checkpoints.size(), 4U);
    ASSERT_NE(view->curve, nullptr);
    EXPECT_EQ(view->curve->step, (std::vector<std::int64_t>{0, 4, 8, 12}));
    session_.reset();  // which waits for what is written
    const auto capture = read_capture(path("run") + "/run.h5");
    ASSERT_EQ(capture->curves.size(), 1U);
    EXPECT_EQ(capture->curves[0]->step, view->curve->step);
    EXPECT_EQ(capture->curves[0]->series.at("perplexity"), view->curve->series.at("perplexity"));
    EXPECT_TRUE(capture->complete);
}

TEST_F(EngineRuns, OneThatIsPausedStoppedAndResumedHasTheNumbersOfOneThatNeverStopped) {
    session_->send(run("whole", 16));
    const std::vector<double> whole = perplexities(*wait_for("whole", "done"), "whole");
    session_->send(run("resumed", 16));
    wait([&](const Snapshot& now) { return shown(now, path("resumed")) && shown(now, path("resumed"))->curve; });
    session_->send(PauseRun{path("resumed")});
    session_->send(ResumeRun{path("resumed")});
    session_->send(StopRun{path("resumed")});
    wait([&](const Snapshot& now) {
        const std::string status = shown(now, path("resumed"))->status;
        return status == "stopped" || status == "done";
    });
    session_->send(ResumeRun{path("resumed")});
    EXPECT_EQ(perplexities(*wait_for("resumed", "done"), "resumed"), whole);
}

TEST_F(EngineRuns, ACheckpointIsOpenedAndMeasuredUnderTheSessionsText) {
    session_->send(run("run", 8));
    wait_for("run", "done");
    for (const std::int64_t step : {4, 8}) {
        session_->send(ShowCheckpoint{path("run"), step});
        const Picture picture = wait([&](const Snapshot& now) {
            return now.shown_step == step && now.run && now.run->complete && now.pattern &&
                   now.run->model->config.d_model == 16 &&
                   now.settings.model_path == path("run") + "/checkpoint-" + std::to_string(step);
        });
        EXPECT_EQ(picture->shown_run, path("run"));
        EXPECT_EQ(picture->run->text->name, "text.txt");
        EXPECT_TRUE(picture->run->dense.estimate.perplexity > 1);
    }
}

TEST_F(EngineRuns, TogglesClicksAndOtherModelsAreServedWhileItTrains) {
    session_->send(run("run", 100000));
    wait([&](const Snapshot& now) { return shown(now, path("run")) && shown(now, path("run"))->step > 4; });
    for (int turn = 0; turn < 8; ++turn) {
        const std::string gate = "oracle:k=" + std::to_string(4 + turn);
        session_->send(SetGate{GateSlot::kA, gate});
        session_->send(ShowHead{turn % 2, 1, 2});
        wait([&](const Snapshot& now) {
            return now.settings.gate_a == gate && now.gate_a && now.run->complete && now.pattern &&
                   now.pattern->layer == turn % 2 && now.pattern->window == 2 && !now.pattern->kept_a.empty();
        });
    }
    write_model("other.gguf", 2);
    session_->send(OpenModel{path("other.gguf")});
    wait([&](const Snapshot& now) {
        return now.settings.model_path == path("other.gguf") && now.run->model == now.model;
    });
    const std::int64_t step = shown(*session_->snapshot(), path("run"))->step;
    wait([&](const Snapshot& now) {
        const RunView* view = shown(now, path("run"));
        return view->status == "running" && view->step > step;
    });
    session_->send(StopRun{path("run")});
    wait_for("run", "stopped");
}

TEST_F(EngineRuns, ARunOfAnotherSessionGoesOn) {
    session_->send(run("run", 100000));
    wait([&](const Snapshot& now) { return shown(now, path("run")) && shown(now, path("run"))->step > 4; });
    session_.reset();
    Settings settings;
    settings.model_path = path("model.gguf");
    settings.text_path = path("text.txt");
    settings.window_length = 32;
    settings.device = "cpu";
    session_ = std::make_unique<Session>(settings, [] {});
    session_->send(OpenRuns{path("run")});
    const Picture opened = wait_for("run", "stopped");
    const std::int64_t step = shown(*opened, path("run"))->step;
    EXPECT_GT(step, 4);
    session_->send(ResumeRun{path("run")});
    wait([&](const Snapshot& now) {
        const RunView* view = shown(now, path("run"));
        return view->status == "running" && view->step > step;
    });
    session_->send(CloseRun{path("run")});
    wait([](const Snapshot& now) { return now.runs.empty(); });
}

}  // namespace
}  // namespace gatescope
