// Experiments of the whole engine: models of a few thousand weights on a text of a few lines.

#include <filesystem>

#include "captures/capture.h"
#include "captures/experiment_file.h"
#include "tests/app/engine/engine_fixture.h"
#include "tests/app/engine/experiments/experiment_fixture.h"

namespace gatescope {
namespace {

class EngineExperiments : public EngineFixture {
  protected:
    void SetUp() override {
        EngineFixture::SetUp();
        std::ofstream(folder_.path() / "train.txt") << learnable_text(2, 10);
    }
    ExperimentSetting setting(const std::string& experiment) const {
        ExperimentSetting out = small_setting(experiment, folder_.path() / "train.txt");
        out.seeds = {0};
        return out;
    }
    std::string place(const std::string& name) const { return path("experiments/" + name); }
    const ExperimentView* listed(const Snapshot& snapshot, const std::string& name) const {
        for (const auto& view : snapshot.experiments)
            if (view->folder == place(name)) return view.get();
        return nullptr;
    }
    Picture wait_for(const std::string& name, const std::string& status) {
        return wait([&](const Snapshot& now) {
            const ExperimentView* view = listed(now, name);
            EXPECT_TRUE(!view || view->status != "failed") << view->message;
            return view && (view->status == status || view->status == "failed");
        });
    }
};

TEST_F(EngineExperiments, OneIsProposedRunAndKeptWithItsRuns) {
    session_->send(ProposeExperiment{setting("hard-gradient"), place("one")});
    const Picture proposed = wait([](const Snapshot& now) { return now.proposal && now.proposal->seconds > 0; });
    EXPECT_EQ(proposed->proposal->step_seconds.size(), proposed->proposal->plan->steps.size());
    session_->send(StartExperiment{setting("hard-gradient"), place("one")});
    const Picture picture = wait_for("one", "done");
    const ExperimentResult& result = *listed(*picture, "one")->result;
    EXPECT_NE(result.summary.verdict, Verdict::kOpen);
    session_->send(OpenRuns{place("one")});
    const Picture runs = wait([](const Snapshot& now) { return !now.runs.empty() && now.jobs.empty(); });
    for (const auto& run : runs->runs) {
        EXPECT_EQ(run->status, "done") << run->message;
        EXPECT_TRUE(read_capture(std::filesystem::path(run->folder) / "run.h5")->complete);
    }
    session_.reset();  // which waits for what is written
    const auto capture = read_experiment(std::filesystem::path(place("one")) / "experiment.h5");
    EXPECT_EQ(capture->status, "done");
    EXPECT_EQ(capture->summary.sentence, result.summary.sentence);
    EXPECT_EQ(capture->outcomes.size(), result.plan->steps.size());
}

TEST_F(EngineExperiments, OneThatIsStoppedGoesOnWhileTogglesAreServed) {
    ExperimentSetting longer = setting("soft-gating");
    longer.values["steps"] = std::int64_t{120};
    session_->send(StartExperiment{longer, place("one")});
    wait([&](const Snapshot& now) { return listed(now, "one") && listed(now, "one")->step_share > 0; });
    session_->send(SetGate{GateSlot::kA, "oracle:k=4"});
    wait([](const Snapshot& now) { return now.gate_a && now.run->complete; });
    session_->send(StopExperiment{place("one")});
    wait_for("one", "stopped");
    session_->send(ResumeExperiment{place("one")});
    session_->send(SetGate{GateSlot::kA, "oracle:k=5"});
    wait([](const Snapshot& now) { return now.settings.gate_a == "oracle:k=5" && now.gate_a && now.run->complete; });
    const Picture picture = wait_for("one", "done");
    EXPECT_EQ(listed(*picture, "one")->steps_done, listed(*picture, "one")->result->plan->steps.size());
    EXPECT_TRUE(listed(*picture, "one")->warnings.empty());
}

TEST_F(EngineExperiments, TheyAreOpenedByTheFolderAboveThemByTheirOwnAndByACapture) {
    session_->send(StartExperiment{setting("concentration"), place("one")});
    session_->send(StartExperiment{setting("hard-gradient"), place("two")});
    wait_for("one", "done");
    const Picture both = wait_for("two", "done");
    const StepOutcome& base = listed(*both, "two")->result->outcomes.begin()->second;
    EXPECT_EQ(base.step, "dense-seed-0");
    EXPECT_NE(base.adopted, "") << "the first experiment's is taken over";
    session_.reset();
    std::filesystem::copy_file(std::filesystem::path(place("one")) / "experiment.h5", path("copy.h5"));
    Settings settings;
    settings.model_path = path("model.gguf");
    settings.text_path = path("text.txt");
    settings.device = "cpu";
    session_ = std::make_unique<Session>(settings, [] {});
    session_->send(OpenExperiment{path("experiments")});
    const Picture picture = wait([](const Snapshot& now) { return now.experiments.size() == 2; });
    for (const auto& view : picture->experiments) EXPECT_EQ(view->status, "done") << view->message;
    session_->send(OpenCapture{path("copy.h5")});
    const Picture third = wait([](const Snapshot& now) { return now.experiments.size() == 3; });
    EXPECT_TRUE(third->experiments[2]->from_capture);
    EXPECT_EQ(third->experiments[2]->result->summary.sentence, picture->experiments[0]->result->summary.sentence);
}

}  // namespace
}  // namespace gatescope
