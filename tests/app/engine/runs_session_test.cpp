// Training runs in a session: they queue up, give way to everything else, and nothing of them is lost.
#include "model/core/error.h"
#include "tests/app/engine/runs_fixture.h"

namespace gatescope {
namespace {

using Names = std::vector<std::string>;

class RunsSession : public RunsFixture {
  protected:
    static bool training_now(const Snapshot& snapshot) {
        return std::any_of(snapshot.jobs.begin(), snapshot.jobs.end(),
                           [](const JobStatus& job) { return job.kind == "training"; });
    }
};

TEST_F(RunsSession, ARunTrainsToItsEndAndItsCaptureIsWritten) {
    send(run("one", 25));
    const Picture picture = wait([](const Snapshot& now) { return is(now, "one", "done") && idle(now); });
    const RunView* view = shown(*picture, "one");
    EXPECT_EQ(view->step, 25);
    EXPECT_EQ(view->checkpoints.size(), 3U);
    EXPECT_TRUE(says(*picture, Severity::kSuccess, "Trained one: 25 steps into one")) << said(*picture);
    session_.reset();
    ASSERT_NE(world().written, nullptr);
    EXPECT_TRUE(world().written->complete);
    EXPECT_EQ(world().runs.in_memory, 0);
}

TEST_F(RunsSession, RunsOfARecipeAreListedAtOnceAndTrainOneAfterTheOther) {
    world().runs.hold_preparing = true;
    send(run("many", 12, {0, 1, 2}));
    const Picture listed = session_->snapshot();
    EXPECT_EQ(names(*listed), Names({"seed-0", "seed-1", "seed-2"}));
    for (const auto& view : listed->runs) EXPECT_EQ(view->status, "waiting");
    world().runs.hold_preparing = false;
    wait([](const Snapshot& now) { return is(now, "many/seed-2", "done") && idle(now); });
    EXPECT_EQ(begun(), Names({"many from 0", "many seed 1 from 0", "many seed 2 from 0"}));
    EXPECT_EQ(world().runs.steps, 36);
}

TEST_F(RunsSession, AnotherRecipeQueuesUpBehind) {
    begin_and_hold("first");
    send(run("second", 5));
    EXPECT_TRUE(is(*session_->snapshot(), "second", "waiting"));
    EXPECT_EQ(names(*session_->snapshot()), Names({"first", "second"}));
    send(StopRun{path("first")});
    wait_for("first", "stopped");
    world().runs.hold = false;
    wait_for("second", "done");
}

TEST_F(RunsSession, APausedRunKeepsItsMemoryAndItsPlaceWhileOthersGoOn) {
    begin_and_hold("first");
    send(run("second", kForever));
    send(run("third", 5));
    send(PauseRun{path("first")});
    wait_for("first", "paused");
    EXPECT_EQ(world().runs.last_checkpoint(path("first")), world().runs.steps);
    world().runs.hold = false;
    const Picture picture = wait_for("second", "running");
    EXPECT_EQ(names(*picture), Names({"first", "second", "third"}));
    EXPECT_EQ(world().runs.in_memory, 2);
    send(ResumeRun{path("first")});
    EXPECT_TRUE(is(*session_->snapshot(), "first", "waiting"));
    send(StopRun{path("second")});
    wait_for("first", "running");  // it came before the third
    EXPECT_TRUE(is(*session_->snapshot(), "third", "waiting"));
    EXPECT_EQ(begun().size(), 2U) << "the first goes on from memory";
    send(StopRun{path("first")});
    wait_for("third", "done");
    EXPECT_EQ(world().runs.in_memory, 0);
}

TEST_F(RunsSession, APauseEndsThePieceAtWorkWhichIsDoneAnew) {
    begin_and_hold("one");
    send(PauseRun{path("one")});
    const Picture paused = wait([](const Snapshot& now) { return is(now, "one", "paused") && idle(now); });
    const std::int64_t step = shown(*paused, "one")->step;
    EXPECT_EQ(world().runs.steps, step);
    EXPECT_EQ(world().runs.last_checkpoint(path("one")), step);
    world().runs.hold = false;
    send(ResumeRun{path("one")});
    wait([&](const Snapshot& now) { return is(now, "one", "running") && shown(now, "one")->step > step; });
}

TEST_F(RunsSession, OneThatIsResumedBeforeThePauseCameGoesOn) {
    begin_and_hold("one");
    const std::int64_t step = world().runs.steps;
    world().hold = true;  // the worker measures, and the pause waits behind it
    send(SetGate{GateSlot::kA, "oracle:k=4"});
    send(PauseRun{path("one")});
    send(ResumeRun{path("one")});
    world().hold = false;
    world().runs.hold = false;
    wait([&](const Snapshot& now) { return is(now, "one", "running") && shown(now, "one")->step > step + 1; });
    EXPECT_EQ(begun(), Names({"one from 0"}));
}

TEST_F(RunsSession, AStoppedRunHasACheckpointAndGoesOnFromIt) {
    begin_and_hold("one");
    send(StopRun{path("one")});
    const Picture picture = wait([](const Snapshot& now) { return is(now, "one", "stopped") && idle(now); });
    const std::int64_t step = shown(*picture, "one")->step;
    EXPECT_GT(step, 3);
    EXPECT_EQ(shown(*picture, "one")->checkpoints.back().step, step);
    wait([](const Snapshot&) { return world().runs.in_memory == 0; });
    world().runs.hold = false;
    send(ResumeRun{path("one")});
    wait([&](const Snapshot& now) { return is(now, "one", "running") && shown(now, "one")->step > step; });
    EXPECT_EQ(begun(), Names({"one from 0", "one from " + std::to_string(step)}));
}

TEST_F(RunsSession, CancellingItsJobStopsIt) {
    begin_and_hold("one");
    const Picture running = wait(training_now);
    for (const JobStatus& job : running->jobs)
        if (job.kind == "training") send(CancelJob{job.id});
    const Picture picture = wait([](const Snapshot& now) { return is(now, "one", "stopped") && idle(now); });
    EXPECT_EQ(shown(*picture, "one")->checkpoints.back().step, shown(*picture, "one")->step);
}

TEST_F(RunsSession, WaitingRunsArePausedStoppedAndClosedAtOnce) {
    begin_and_hold("first");
    for (const char* name : {"second", "third", "fourth"}) send(run(name, 5));
    const std::int64_t cancelled = world().runs.cancelled;
    send(PauseRun{path("second")});
    EXPECT_TRUE(is(*session_->snapshot(), "second", "paused"));
    send(StopRun{path("third")});
    EXPECT_TRUE(is(*session_->snapshot(), "third", "stopped"));
    send(CloseRun{path("fourth")});
    EXPECT_EQ(names(*session_->snapshot()), Names({"first", "second", "third"}));
    EXPECT_EQ(world().runs.cancelled, cancelled) << "the run at work has nothing to do with it";
    send(ResumeRun{path("second")});
    send(StopRun{path("first")});
    wait_for("first", "stopped");
    world().runs.hold = false;
    const Picture picture = wait([](const Snapshot& now) { return is(now, "second", "done") && idle(now); });
    EXPECT_TRUE(is(*picture, "third", "stopped"));
}

TEST_F(RunsSession, ClosingTheOneAtWorkStopsItWithACheckpoint) {
    begin_and_hold("one");
    send(CloseRun{path("one")});
    EXPECT_TRUE(session_->snapshot()->runs.empty());
    wait([](const Snapshot& now) { return world().runs.in_memory == 0 && idle(now); });
    EXPECT_EQ(world().runs.last_checkpoint(path("one")), world().runs.steps);
    send(OpenRuns{path("one")});
    const Picture picture = wait_for("one", "stopped");
    EXPECT_EQ(shown(*picture, "one")->step, world().runs.steps);
}

TEST_F(RunsSession, AFailureIsSaidAndTheNextGoesOn) {
    world().runs.at_step = [](const TrainPlan& plan, std::int64_t step) {
        if (plan.seed == 0 && step == 12) throw Failure(FailureKind::kBadFile, "the loss is not finite", "step 12");
    };
    send(run("many", 15, {0, 1}));
    const Picture picture = wait([](const Snapshot& now) {
        return is(now, "many/seed-1", "done") && idle(now) && world().runs.capture_in(path("many/seed-0"));
    });
    const RunView* failed = shown(*picture, "many/seed-0");
    EXPECT_EQ(failed->status, "failed");
    EXPECT_EQ(failed->message, "step 12: the loss is not finite");
    EXPECT_TRUE(says(*picture, Severity::kError, "step 12: the loss is not finite"));
    EXPECT_EQ(world().runs.in_memory, 0);
    const auto capture = world().runs.capture_in(path("many/seed-0"));
    ASSERT_NE(capture, nullptr);
    EXPECT_FALSE(capture->complete);
    EXPECT_EQ(capture->curves.at(0)->status, "failed");
    world().runs.at_step = {};
    send(ResumeRun{path("many/seed-0")});
    wait_for("many/seed-0", "done");
    EXPECT_EQ(begun().back(), "many from 10");
}

TEST_F(RunsSession, AFullDiskPausesItAndAResumeTriesAgain) {
    world().runs.disk_full = true;
    send(run("one", 25));
    const Picture picture = wait([](const Snapshot& now) { return is(now, "one", "paused") && idle(now); });
    EXPECT_EQ(shown(*picture, "one")->step, 9);
    EXPECT_NE(shown(*picture, "one")->message.find("the disk is full"), std::string::npos);
    EXPECT_TRUE(says(*picture, Severity::kError, "the disk is full"));
    EXPECT_EQ(world().runs.in_memory, 1);
    send(ResumeRun{path("one")});
    wait([&](const Snapshot& now) {
        return is(now, "one", "paused") && shown(now, "one")->id != shown(*picture, "one")->id;
    });
    world().runs.disk_full = false;
    send(ResumeRun{path("one")});
    const Picture done = wait_for("one", "done");
    EXPECT_EQ(shown(*done, "one")->message, "");
    EXPECT_EQ(begun(), Names({"one from 0"}));
    EXPECT_EQ(world().runs.steps, 25);
}

TEST_F(RunsSession, ACaptureThatCouldNotBeWrittenIsSaidAndAResumeWritesIt) {
    world().runs.no_room_for_captures = true;
    send(run("one", 25));
    const Picture picture = wait_for("one", "stopped");
    EXPECT_NE(shown(*picture, "one")->message.find("the disk is full"), std::string::npos);
    EXPECT_TRUE(says(*picture, Severity::kError, "the disk is full"));
    world().runs.no_room_for_captures = false;
    send(ResumeRun{path("one")});
    wait([](const Snapshot& now) {
        return is(now, "one", "done") && idle(now) && world().runs.capture_in(path("one"));
    });
    EXPECT_EQ(world().runs.steps, 25);
    EXPECT_TRUE(world().runs.capture_in(path("one"))->complete);
}

// What a run that was stopped, gone on with and killed behind its last checkpoint has is the capture of the stop.
TEST_F(RunsSession, ARunWithoutItsLastCaptureIsNotDoneUntilItIsWritten) {
    begin_and_hold("stopped");
    send(StopRun{path("stopped")});
    wait([](const Snapshot& now) { return is(now, "stopped", "stopped") && world().runs.capture_in(path("stopped")); });
    world().runs.hold = false;
    for (const char* name : {"lost", "stale"}) {
        send(run(name, 25));
        wait([&](const Snapshot& now) { return is(now, name, "done") && world().runs.capture_in(path(name)); });
    }
    session_.reset();
    {
        const std::lock_guard lock(world().runs.mutex);
        world().runs.captured.erase(path("lost"));
        world().runs.captured[path("stale")] = world().runs.captured[path("stopped")];
    }
    start();
    for (const std::string name : {"lost", "stale"}) {
        send(OpenRuns{path(name)});
        const Picture picture = wait_for(name, "stopped");
        EXPECT_NE(shown(*picture, name)->message.find("run.h5"), std::string::npos);
        send(ResumeRun{path(name)});
        wait_for(name, "done");
    }
    session_.reset();
    for (const std::string name : {"lost", "stale"}) EXPECT_TRUE(world().runs.capture_in(path(name))->complete);
}

TEST_F(RunsSession, AStopOnAFullDiskPausesFirstSoThatNothingIsLost) {
    begin_and_hold("one");
    world().runs.disk_full = true;
    send(StopRun{path("one")});
    const Picture picture = wait_for("one", "paused");
    EXPECT_NE(shown(*picture, "one")->message.find("the disk is full"), std::string::npos);
    EXPECT_EQ(world().runs.in_memory, 1);
    send(StopRun{path("one")});
    wait_for("one", "stopped");
    wait([](const Snapshot&) { return world().runs.in_memory == 0; });
}

TEST_F(RunsSession, AFolderThatCannotBeMadeFailsItsRunAlone) {
    send(run("full", 5));
    send(run("one", 5));
    const Picture picture = wait([](const Snapshot& now) { return is(now, "one", "done") && idle(now); });
    EXPECT_TRUE(is(*picture, "full", "failed"));
    EXPECT_TRUE(says(*picture, Severity::kError, "full: the disk is full"));
}

TEST_F(RunsSession, MeasurementsClicksAndOtherModelsGoFirstAndTheRunGoesOn) {
    begin_and_hold("one");
    send(SetGate{GateSlot::kA, "oracle:k=4"});
    wait([](const Snapshot& now) { return now.gate_a && now.run->complete; });
    send(ShowHead{1, 1, 0});
    wait([](const Snapshot& now) { return now.pattern && now.pattern->layer == 1 && now.pattern->head == 1; });
    send(OpenModel{"other"});
    send(OpenText{"other"});
    wait([](const Snapshot& now) {
        return now.run && now.run->model->name == "other" && now.run->text->name == "other" && now.run->complete;
    });
    const std::int64_t step = world().runs.steps;
    world().runs.hold = false;
    wait([&](const Snapshot& now) { return is(now, "one", "running") && shown(now, "one")->step > step; });
    EXPECT_EQ(begun(), Names({"one from 0"}));
}

TEST_F(RunsSession, PicturesAreFarFewerThanSteps) {
    send(run("one", 5000));
    wait_for("one", "done");
    EXPECT_LT(world().runs.views, 1000);
}

TEST_F(RunsSession, TheProgramsEndLeavesNothingInMemoryAlone) {
    begin_and_hold("first");
    send(PauseRun{path("first")});
    wait_for("first", "paused");
    send(run("second", kForever));
    wait_for("second", "running");
    send(run("third", 5));
    session_.reset();
    EXPECT_EQ(world().runs.in_memory, 0);
    const std::int64_t all = world().runs.last_checkpoint(path("first")) +
                             std::max<std::int64_t>(0, world().runs.last_checkpoint(path("second")));
    EXPECT_EQ(all, world().runs.steps);
    EXPECT_EQ(world().runs.last_checkpoint(path("third")), -1);

    world().runs.hold = false;
    start();
    wait(measured);
    send(OpenRuns{"/runs"});
    const Picture picture = wait([](const Snapshot& now) { return now.runs.size() == 3; });
    for (const auto& view : picture->runs) EXPECT_EQ(view->status, "stopped");
    send(ResumeRun{path("third")});
    wait_for("third", "done");
}

TEST_F(RunsSession, ARunThatWasClosedJustBeforeTheEndIsKept) {
    begin_and_hold("one");
    world().hold = true;
    send(SetGate{GateSlot::kA, "oracle:k=4"});
    send(CloseRun{path("one")});
    session_.reset();
    EXPECT_EQ(world().runs.last_checkpoint(path("one")), world().runs.steps);
    EXPECT_EQ(world().runs.in_memory, 0);
}

TEST_F(RunsSession, ARunOfAnotherSessionGoesOnFromItsLastCheckpoint) {
    send(run("one", 25));
    wait_for("one", "done");
    {
        const std::lock_guard lock(world().runs.mutex);
        world().runs.folders[path("one")].checkpoints.resize(1);  // as if it had been killed after step 10
    }
    session_.reset();
    start();
    send(ResumeRun{path("one")});
    wait_for("one", "done");
    EXPECT_EQ(begun().back(), "one from 10");
    send(ResumeRun{path("one")});
    wait([](const Snapshot& now) { return says(now, Severity::kError, "has trained all its steps"); });
}

TEST_F(RunsSession, AFolderOfSeveralGoesOnWithThoseThatWereNeverBegun) {
    send(run("many", 12, {0, 1, 2}));
    wait([](const Snapshot& now) { return is(now, "many/seed-2", "done") && idle(now); });
    session_.reset();
    {
        const std::lock_guard lock(world().runs.mutex);
        world().runs.folders.erase(path("many/seed-1"));  // as the command line leaves it where it was stopped before
        world().runs.folders[path("many/seed-2")].checkpoints.resize(1);
    }
    start();
    send(OpenRuns{path("many")});
    const Picture picture = wait([](const Snapshot& now) { return now.runs.size() == 3; });
    EXPECT_TRUE(is(*picture, "many/seed-0", "done"));
    EXPECT_TRUE(is(*picture, "many/seed-1", "stopped"));
    EXPECT_TRUE(is(*picture, "many/seed-2", "stopped"));
    send(ResumeRun{path("many/seed-1")});
    wait_for("many/seed-1", "done");
    send(CloseRun{path("many/seed-0")});
    send(CloseRun{path("many/seed-1")});
    send(CloseRun{path("many/seed-2")});
    send(ResumeRun{path("many")});
    wait([](const Snapshot& now) { return is(now, "many/seed-2", "done") && idle(now); });
    EXPECT_EQ(begun().back(), "many seed 2 from 10");
    EXPECT_TRUE(is(*session_->snapshot(), "many/seed-0", "done"));
}

TEST_F(RunsSession, OpeningRunsTrainsNoneAndLeavesThoseUnderWay) {
    begin_and_hold("many");
    send(StopRun{path("many")});
    wait_for("many", "stopped");
    send(CloseRun{path("many")});
    world().runs.hold = false;
    send(run("one", 25));
    wait_for("one", "done");
    world().runs.hold = true;
    send(run("two", 25));
    wait([](const Snapshot& now) { return is(now, "two", "running"); });
    send(OpenRuns{"/runs/"});
    const Picture picture = wait([](const Snapshot& now) { return now.runs.size() == 3; });
    EXPECT_TRUE(is(*picture, "many", "stopped"));
    EXPECT_TRUE(is(*picture, "one", "done"));
    EXPECT_TRUE(is(*picture, "two", "running"));
}

TEST_F(RunsSession, WhatIsWrongIsSaidAtOnceAndNothingIsListed) {
    StartRuns no_folder = run("one", 5);
    no_folder.folder.clear();
    send(no_folder);
    StartRuns no_steps = run("one", 5);
    no_steps.recipe.values["train.warmup"] = std::int64_t{9};
    send(no_steps);
    StartRuns no_text = run("one", 5);
    no_text.recipe.values["data.text"] = std::string("/no/such/text.txt");
    send(no_text);
    send(OpenRuns{"/nowhere"});
    send(PauseRun{path("unknown")});
    const Picture picture = wait([](const Snapshot& now) { return says(now, Severity::kError, "holds no run"); });
    EXPECT_TRUE(says(*picture, Severity::kError, "no folder is named")) << said(*picture);
    EXPECT_TRUE(says(*picture, Severity::kError, "train.warmup"));
    EXPECT_TRUE(says(*picture, Severity::kError, "/no/such/text.txt"));
    EXPECT_TRUE(says(*picture, Severity::kError, "is no run of the list"));
    EXPECT_TRUE(picture->runs.empty());
}

TEST_F(RunsSession, AFolderThatHoldsARunIsRefusedUnlessItIsToBeReplaced) {
    send(run("one", 5));
    wait_for("one", "done");
    send(run("one", 7));
    EXPECT_TRUE(says(*session_->snapshot(), Severity::kError, "holds a run already"));
    StartRuns again = run("one", kForever);
    again.overwrite = true;
    send(again);
    wait_for("one", "running");
    send(again);
    EXPECT_TRUE(says(*session_->snapshot(), Severity::kError, "a run that is under way"));
    EXPECT_EQ(session_->snapshot()->runs.size(), 1U);
}

}  // namespace
}  // namespace gatescope
