// Experiments by their folders and captures, wherever a user tries them.
#include "tests/app/engine/experiments_fixture.h"

namespace gatescope {
namespace {

class ExperimentsOpening : public ExperimentsFixture {
  protected:
    static std::string capture() { return place("one") + "/experiment.h5"; }
    // One that is done, in its folder alone.
    void make_one() {
        send(experiment("one"));
        wait_until("one", "done");
        send(CloseExperiment{place("one")});
        wait([](const Snapshot& now) {
            return now.experiments.empty() && idle(now) && fakes().capture_at(capture()) &&
                   fakes().capture_at(capture())->status == "done";
        });
    }
    // As where the capture was copied to another place.
    static std::string copied_capture() {
        const std::lock_guard lock(fakes().mutex);
        fakes().captured["/else/copy.h5"] = fakes().captured[capture()];
        return "/else/copy.h5";
    }
};

TEST_F(ExperimentsOpening, AFolderIsShownWithoutDoingAnything) {
    make_one();
    forget_experiment("one", 5);
    const std::int64_t pieces = fakes().pieces;
    send(OpenExperiment{place("one") + "/"});
    const Picture picture = wait_until("one", "stopped");
    EXPECT_EQ(listed(*picture, "one")->steps_done, 1U);
    EXPECT_EQ(fakes().pieces, pieces);
    send(ResumeExperiment{place("one")});
    wait_until("one", "done");
    EXPECT_EQ(fakes().pieces, pieces + 5);
}

TEST_F(ExperimentsOpening, ACaptureIsShownAndCannotBeGoneOnWith) {
    make_one();
    const std::string path = copied_capture();
    send(OpenExperiment{path});
    const Picture picture = wait([](const Snapshot& now) { return now.experiments.size() == 1; });
    const ExperimentView& view = *picture->experiments[0];
    EXPECT_EQ(view.folder, path);
    EXPECT_TRUE(view.from_capture);
    EXPECT_EQ(view.status, "done");
    EXPECT_EQ(view.steps_done, 2U);
    ASSERT_NE(view.result, nullptr);
    EXPECT_EQ(view.result->summary.sentence, "Supports what it should.");
    send(ResumeExperiment{path});
    EXPECT_TRUE(says(*session_->snapshot(), Severity::kError, "can't be gone on with"));
    send(CloseExperiment{path});
    EXPECT_TRUE(session_->snapshot()->experiments.empty());
}

TEST_F(ExperimentsOpening, ACaptureInItsOwnFolderOpensTheExperiment) {
    make_one();
    send(OpenExperiment{capture()});
    EXPECT_FALSE(listed(*wait_until("one", "done"), "one")->from_capture);
}

TEST_F(ExperimentsOpening, OpenCaptureTakesAnExperimentsCaptureToo) {
    make_one();
    const std::string path = copied_capture();
    send(OpenCapture{path});
    const Picture picture = wait([](const Snapshot& now) { return now.experiments.size() == 1; });
    EXPECT_TRUE(picture->experiments[0]->from_capture);
    EXPECT_EQ(picture->capture, nullptr) << "the run that is shown stays";
    wait([](const Snapshot& now) { return says(now, Severity::kInfo, "copy.h5 is an experiment: the layout"); });
}

TEST_F(ExperimentsOpening, TheFolderOfAStepOpensItsExperiment) {
    make_one();
    send(OpenExperiment{place("one") + "/dense-seed-0"});
    wait_until("one", "done");
}

TEST_F(ExperimentsOpening, OpenRunsOfAnExperimentThatIsNotOpenSaysWhatItIs) {
    make_one();
    send(OpenRuns{place("one")});
    EXPECT_TRUE(says(*session_->snapshot(), Severity::kInfo, "one is an experiment"));
    send(DismissMessage{session_->snapshot()->messages.back().id});
    send(OpenExperiment{place("one")});
    wait_until("one", "done");
    send(OpenRuns{place("one")});
    EXPECT_FALSE(says(*session_->snapshot(), Severity::kInfo, "one is an experiment"));
}

TEST_F(ExperimentsOpening, AFolderThatIsNamedAsAModelOpensTheExperimentAndTheModelStays) {
    make_one();
    const auto model = session_->snapshot()->model;
    send(OpenModel{place("one")});
    const Picture picture = wait_until("one", "done");
    EXPECT_EQ(picture->model, model);
    EXPECT_TRUE(says(*picture, Severity::kInfo, "one is an experiment: the layout Experiments shows it"));
    EXPECT_EQ(picture->settings.model_path, "sample");
}

TEST_F(ExperimentsOpening, TheProgramStartsWithAnExperimentsFolder) {
    make_one();
    session_.reset();
    Settings settings;
    settings.model_path = place("one");
    start(settings);
    const Picture picture = wait([](const Snapshot& now) { return stands(now, "one", "done") && measured(now); });
    EXPECT_EQ(picture->settings.model_path, "sample");
    EXPECT_FALSE(says(*picture, Severity::kError, "")) << said(*picture);
}

TEST_F(ExperimentsOpening, WhatIsUnderWayIsLeftAsItIs) {
    begin_experiment_and_hold("one");
    send(OpenExperiment{place("one")});
    send(OpenExperiment{"/nowhere.h5"});  // the opener is through with both
    const Picture picture = wait([](const Snapshot& now) { return says(now, Severity::kError, "/nowhere.h5"); });
    EXPECT_TRUE(stands(*picture, "one", "running"));
    EXPECT_EQ(picture->experiments.size(), 1U);
}

}  // namespace
}  // namespace gatescope
