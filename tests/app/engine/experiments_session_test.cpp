// Experiments in a session: they queue up, give way to everything else, and nothing of them is lost.
#include "model/core/error.h"
#include "tests/app/engine/experiments_fixture.h"

namespace gatescope {
namespace {

using Names = std::vector<std::string>;

class ExperimentsSession : public ExperimentsFixture {
  protected:
    // Every toggle gives up the piece at work, and what is there is told when it is begun anew, a few times a second.
    Picture toggle_until(const std::function<bool(const Snapshot&)>& wanted) {
        for (int k = 2; k < 100'000; ++k) {
            const std::string gate = "oracle:k=" + std::to_string(2 + k % 7);
            send(SetGate{GateSlot::kA, gate});
            const Picture picture = wait([&](const Snapshot& now) {
                return now.settings.gate_a == gate && gate_shown_as_a(now) == gate && now.run->complete;
            });
            if (wanted(*picture)) return picture;
        }
        ADD_FAILURE() << "never came about";
        return session_->snapshot();
    }
};

TEST_F(ExperimentsSession, AnExperimentDoesAllItsStepsAndItsCaptureIsWritten) {
    send(experiment("one"));
    const Picture picture = wait([](const Snapshot& now) { return stands(now, "one", "done") && idle(now); });
    const ExperimentView* view = listed(*picture, "one");
    EXPECT_EQ(view->steps_done, 2U);
    EXPECT_FALSE(view->from_capture);
    ASSERT_NE(view->result, nullptr);
    EXPECT_EQ(view->result->plan->setting, setting());
    EXPECT_TRUE(says(*picture, Severity::kSuccess, "Experiment one is done: supports")) << said(*picture);
    session_.reset();
    const auto capture = fakes().capture_at(place("one") + "/experiment.h5");
    ASSERT_NE(capture, nullptr);
    EXPECT_EQ(capture->status, "done");
    EXPECT_EQ(capture->outcomes.size(), 2U);
    EXPECT_NE(world().runs.capture_in(place("one") + "/dense-seed-1"), nullptr) << "the runs have captures, too";
    EXPECT_EQ(fakes().in_memory, 0);
}

// The program may be killed at any time: what is done is in the file.
TEST_F(ExperimentsSession, ItTellsHowFarItIsAndTheCaptureHasEveryStepThatIsDone) {
    fakes().hold_at = 8;
    send(experiment("one"));
    const Picture picture = toggle_until([](const Snapshot& now) {
        return stands(now, "one", "running") && listed(now, "one")->step_share > 0.5 &&
               listed(now, "one")->steps_done == 1 && fakes().capture_at(place("one") + "/experiment.h5");
    });
    EXPECT_EQ(listed(*picture, "one")->at_work, "Train dense, seed 1");
    EXPECT_EQ(fakes().capture_at(place("one") + "/experiment.h5")->outcomes.size(), 1U);
    fakes().hold_at = -1;
    wait_until("one", "done");
    const std::lock_guard lock(fakes().mutex);
    EXPECT_TRUE(fakes().titles.contains("one: Train dense, seed 1"));
}

TEST_F(ExperimentsSession, ASecondWaitsUntilTheFirstIsDone) {
    begin_experiment_and_hold("first");
    send(experiment("second"));
    wait_until("second", "waiting");
    EXPECT_EQ(fakes().in_memory, 1);
    send(StopExperiment{place("first")});
    wait_until("first", "stopped");
    fakes().pieces_of_a_step = 5;
    fakes().hold = false;
    const Picture picture = wait_until("second", "done");
    EXPECT_TRUE(stands(*picture, "first", "stopped"));
    EXPECT_EQ(picture->experiments[0]->folder, place("first"));
    EXPECT_EQ(begun_experiments(), Names({place("first") + " from 0", place("second") + " from 0"}));
}

TEST_F(ExperimentsSession, AStoppedOneIsSavedItsMemoryLetGoAndItGoesOnFromThere) {
    begin_experiment_and_hold("one");
    send(StopExperiment{place("one")});
    wait([](const Snapshot& now) {
        const auto capture = fakes().capture_at(place("one") + "/experiment.h5");
        return stands(now, "one", "stopped") && capture && capture->status == "stopped" && fakes().in_memory == 0;
    });
    const std::int64_t pieces = fakes().pieces;
    EXPECT_EQ(fakes().saved(place("one")), pieces);
    fakes().hold = false;
    send(ResumeExperiment{place("one")});
    wait([&](const Snapshot& now) { return stands(now, "one", "running") && fakes().pieces > pieces; });
    EXPECT_EQ(begun_experiments().back(), place("one") + " from " + std::to_string(pieces));
}

TEST_F(ExperimentsSession, OneThatIsResumedBeforeTheStopCameGoesOn) {
    begin_experiment_and_hold("one");
    world().hold = true;  // the worker measures, and the stop waits behind it
    send(SetGate{GateSlot::kA, "oracle:k=4"});
    send(StopExperiment{place("one")});
    send(ResumeExperiment{place("one")});
    const std::int64_t pieces = fakes().pieces;
    world().hold = false;
    fakes().hold = false;
    wait([&](const Snapshot& now) { return stands(now, "one", "running") && fakes().pieces > pieces + 1; });
    EXPECT_EQ(begun_experiments(), Names({place("one") + " from 0"}));
}

TEST_F(ExperimentsSession, CancellingItsJobStopsIt) {
    begin_experiment_and_hold("one");
    const Picture running = wait([](const Snapshot& now) { return !idle(now); });
    for (const JobStatus& job : running->jobs)
        if (job.kind == "experiment") send(CancelJob{job.id});
    wait([](const Snapshot& now) { return stands(now, "one", "stopped") && idle(now); });
    EXPECT_EQ(fakes().saved(place("one")), fakes().pieces);
}

TEST_F(ExperimentsSession, ClosingTakesItOffTheListAndLeavesItsFolder) {
    begin_experiment_and_hold("one");
    send(experiment("two"));
    wait_until("two", "waiting");
    send(CloseExperiment{place("two")});
    EXPECT_EQ(listed(*session_->snapshot(), "two"), nullptr);
    send(CloseExperiment{place("one")});
    EXPECT_TRUE(session_->snapshot()->experiments.empty());
    wait([](const Snapshot& now) { return fakes().in_memory == 0 && idle(now); });
    EXPECT_EQ(fakes().saved(place("one")), fakes().pieces);
    send(OpenExperiment{place("one")});
    wait_until("one", "stopped");
    EXPECT_EQ(begun_experiments(), Names({place("one") + " from 0"}));
}

TEST_F(ExperimentsSession, TogglesClicksAndOtherModelsGoFirstAndItGoesOn) {
    begin_experiment_and_hold("one");
    send(SetGate{GateSlot::kA, "oracle:k=4"});
    wait([](const Snapshot& now) { return now.gate_a && now.run->complete; });
    send(ShowHead{1, 1, 0});
    wait([](const Snapshot& now) { return now.pattern && now.pattern->layer == 1 && now.pattern->head == 1; });
    send(OpenModel{"other"});
    wait([](const Snapshot& now) { return now.run && now.run->model->name == "other" && now.run->complete; });
    const std::int64_t pieces = fakes().pieces;
    fakes().hold = false;
    wait([&](const Snapshot& now) { return stands(now, "one", "running") && fakes().pieces > pieces; });
    EXPECT_EQ(begun_experiments(), Names({place("one") + " from 0"}));
}

TEST_F(ExperimentsSession, ATrainingRunComesBetweenTwoOfItsStepsAndOneOfThemIsInMemory) {
    std::atomic<bool> both{false};
    std::atomic<std::int64_t> trained{-1};
    fakes().at_piece = [&](const ExperimentSetting&, std::int64_t piece) {
        if (piece == 5) trained = world().runs.steps.load();
        if (world().runs.in_memory > 0) both = true;
    };
    world().runs.at_step = [&](const TrainPlan&, std::int64_t) {
        if (fakes().pieces % 5 != 0) both = true;  // in the middle of a step of the experiment
    };
    fakes().hold_at = 2;
    send(experiment("one", {0, 1, 2}));
    toggle_until([](const Snapshot&) { return fakes().pieces == 2; });
    send(run("run", 20));
    wait([](const Snapshot& now) {
        return is(now, "run", "waiting") && shown(now, "run")->message.find("its step") != std::string::npos;
    });
    fakes().hold_at = -1;
    wait_for("run", "done");
    wait_until("one", "done");
    EXPECT_EQ(trained, 20) << "all of the run comes before the second step";
    EXPECT_FALSE(both);
    EXPECT_EQ(begun_experiments(), Names({place("one") + " from 0"})) << "it goes on from memory";
}

TEST_F(ExperimentsSession, AnExperimentComesBetweenTwoTrainingRuns) {
    begin_and_hold("first");
    send(run("second", kForever));
    send(experiment("one"));
    wait([](const Snapshot& now) {
        return stands(now, "one", "waiting") &&
               listed(now, "one")->message.find("waits for the training run") != std::string::npos;
    });
    EXPECT_EQ(fakes().in_memory, 0);
    fakes().hold_at = 2;
    world().runs.hold = false;
    send(StopRun{path("first")});
    EXPECT_EQ(listed(*wait_until("one", "running"), "one")->message, "");
    fakes().hold_at = -1;
    wait_for("second", "running");  // after the experiment's first step
    send(PauseRun{path("second")});
    wait_until("one", "done");
}

TEST_F(ExperimentsSession, AFailureIsSaidAndTheNextGoesOn) {
    fakes().at_piece = [](const ExperimentSetting& of, std::int64_t piece) {
        if (of.seeds.size() == 3 && piece == 6)
            throw Failure(FailureKind::kBadFile, "the loss is not finite", "seed 1");
    };
    send(experiment("one", {0, 1, 2}));
    send(experiment("two"));
    const Picture picture = wait_until("two", "done");
    EXPECT_TRUE(stands(*picture, "one", "failed"));
    EXPECT_EQ(listed(*picture, "one")->message, "seed 1: the loss is not finite");
    EXPECT_TRUE(says(*picture, Severity::kError, "seed 1: the loss is not finite"));
    wait([](const Snapshot&) { return fakes().in_memory == 0; });
    fakes().at_piece = {};
    send(ResumeExperiment{place("one")});
    EXPECT_EQ(listed(*wait_until("one", "done"), "one")->message, "");
    EXPECT_EQ(begun_experiments().back(), place("one") + " from 5");
}

TEST_F(ExperimentsSession, AFullDiskStopsItAndAResumeTriesAgain) {
    fakes().disk_full = true;
    send(experiment("one"));
    const Picture picture = wait([](const Snapshot& now) { return stands(now, "one", "stopped") && idle(now); });
    EXPECT_NE(listed(*picture, "one")->message.find("the disk is full"), std::string::npos);
    EXPECT_TRUE(says(*picture, Severity::kError, "the disk is full"));
    EXPECT_EQ(fakes().pieces, 4);
    EXPECT_EQ(fakes().in_memory, 1) << "what can't be saved is kept";
    fakes().disk_full = false;
    send(ResumeExperiment{place("one")});
    EXPECT_EQ(listed(*wait_until("one", "done"), "one")->message, "");
    EXPECT_EQ(begun_experiments(), Names({place("one") + " from 0"}));
    EXPECT_EQ(fakes().pieces, 10);
}

TEST_F(ExperimentsSession, AStopOnAFullDiskKeepsWhatIsInMemoryOnce) {
    begin_experiment_and_hold("one");
    fakes().disk_full = true;
    send(StopExperiment{place("one")});
    const Picture picture = wait_until("one", "stopped");
    EXPECT_NE(listed(*picture, "one")->message.find("the disk is full"), std::string::npos);
    EXPECT_EQ(fakes().in_memory, 1);
    send(StopExperiment{place("one")});
    wait([](const Snapshot&) { return fakes().in_memory == 0; });
}

TEST_F(ExperimentsSession, ACaptureThatCouldNotBeWrittenIsSaidAndAResumeWritesIt) {
    world().runs.no_room_for_captures = true;
    send(experiment("one"));
    const Picture picture = wait_until("one", "stopped");
    EXPECT_NE(listed(*picture, "one")->message.find("the disk is full"), std::string::npos);
    world().runs.no_room_for_captures = false;
    send(ResumeExperiment{place("one")});
    wait_until("one", "done");
    session_.reset();
    EXPECT_EQ(fakes().capture_at(place("one") + "/experiment.h5")->status, "done");
}

TEST_F(ExperimentsSession, TheProgramsEndLeavesNothingInMemoryAlone) {
    begin_experiment_and_hold("one");
    send(experiment("two"));
    session_.reset();
    EXPECT_EQ(fakes().in_memory, 0);
    EXPECT_EQ(fakes().saved(place("one")), fakes().pieces);
    EXPECT_EQ(fakes().saved(place("two")), 0) << "it was asked for, so its folder is there";
    EXPECT_EQ(fakes().capture_at(place("one") + "/experiment.h5")->status, "stopped");
    fakes().hold = false;
    start();
    send(OpenExperiment{place("one")});
    wait_until("one", "stopped");
    send(ResumeExperiment{place("two")});  // without being opened first
    wait_until("two", "running");
    send(StopExperiment{place("two")});
}

TEST_F(ExperimentsSession, OneThatIsDoneIsNotGoneOnWith) {
    send(experiment("one"));
    wait_until("one", "done");
    send(ResumeExperiment{place("one")});
    EXPECT_TRUE(says(*session_->snapshot(), Severity::kError, "has done all its steps"));
    send(CloseExperiment{place("one")});
    send(ResumeExperiment{place("one")});
    wait([](const Snapshot& now) { return now.experiments.empty() && idle(now); });
}

TEST_F(ExperimentsSession, WhatIsWrongIsSaidAndNothingIsListed) {
    send(StartExperiment{setting(), ""});
    EXPECT_TRUE(says(*session_->snapshot(), Severity::kError, "no folder is named"));
    StartExperiment unknown = experiment("one");
    unknown.setting.experiment = "unknown";
    send(unknown);
    wait([](const Snapshot& now) { return says(now, Severity::kError, "there is no experiment"); });
    send(experiment("full"));
    wait([](const Snapshot& now) { return says(now, Severity::kError, "full: the disk is full"); });
    send(StopExperiment{place("one")});
    EXPECT_TRUE(says(*session_->snapshot(), Severity::kError, "is no experiment of the list"));
    send(OpenExperiment{"/nowhere.h5"});
    const Picture picture =
        wait([](const Snapshot& now) { return says(now, Severity::kError, "/nowhere.h5: there is no such file"); });
    EXPECT_TRUE(picture->experiments.empty());
}

TEST_F(ExperimentsSession, AFolderThatHoldsOneIsRefusedUnlessItIsToBeReplaced) {
    send(experiment("one"));
    wait_until("one", "done");
    send(experiment("one"));
    wait([](const Snapshot& now) { return says(now, Severity::kError, "holds an experiment already"); });
    EXPECT_TRUE(stands(*session_->snapshot(), "one", "done"));
    fakes().hold = true;
    StartExperiment again = experiment("one", {0});
    again.overwrite = true;
    send(again);
    wait_until("one", "running");
    send(again);
    EXPECT_TRUE(says(*session_->snapshot(), Severity::kError, "an experiment that is under way"));
    EXPECT_EQ(session_->snapshot()->experiments.size(), 1U);
    fakes().hold = false;
    EXPECT_EQ(listed(*wait_until("one", "done"), "one")->result->plan->steps.size(), 1U);
}

TEST_F(ExperimentsSession, PicturesAreFarFewerThanPieces) {
    fakes().pieces_of_a_step = 5000;
    send(experiment("one"));
    wait_until("one", "done");
    EXPECT_LT(fakes().views, 2000);
}

TEST_F(ExperimentsSession, CapturesAreWrittenByOneThreadAlone) {
    send(experiment("one"));
    send(run("run", 12));
    wait_until("one", "done");
    wait_for("run", "done");
    session_.reset();
    std::set<std::thread::id> threads = fakes().capture_threads;
    threads.insert(world().runs.capture_threads.begin(), world().runs.capture_threads.end());
    EXPECT_EQ(threads.size(), 1U);
}

}  // namespace
}  // namespace gatescope
