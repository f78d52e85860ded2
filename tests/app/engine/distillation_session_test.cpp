// Training a gate from the window: it goes on beside everything else, and however it ends, the gate so far is kept.
#include <gtest/gtest.h>

#include "tests/app/engine/session_fixture.h"
#include "tests/support/temporary_folder.h"

namespace gatescope {
namespace {

class DistillationSession : public SessionTest {
  protected:
    void SetUp() override {
        SessionTest::SetUp();
        start();
        wait(measured);
    }
    StartDistillation training(std::int64_t steps, const std::string& out = "gate.safetensors") const {
        StartDistillation command;
        command.request.steps = steps;
        command.request.text = "sample-train";
        command.request.held_out = "sample";
        command.request.out = (folder_ / out).string();
        return command;
    }
    static bool ended_as(const Snapshot& snapshot, const std::string& status) {
        return snapshot.distillation && snapshot.distillation->status == status && idle(snapshot);
    }
    static bool training_now(const Snapshot& snapshot) {
        return std::any_of(snapshot.jobs.begin(), snapshot.jobs.end(),
                           [](const JobStatus& job) { return job.kind == "distillation"; });
    }
    // Under way, for longer than any test.
    void begin_and_hold() {
        send(training(1'000'000'000));
        wait([](const Snapshot&) { return world().steps_trained > 3; });
        world().hold_training = true;
    }

    TemporaryFolder folder_;
};

TEST_F(DistillationSession, RunsToItsEndAndSaysHowTheGateIsUsed) {
    send(training(20));
    const Picture picture = wait([](const Snapshot& now) { return ended_as(now, "done"); });
    EXPECT_EQ(picture->distillation->step, 20);
    EXPECT_NE(picture->distillation->deployed.find("gate.safetensors"), std::string::npos);
    EXPECT_TRUE(says(*picture, Severity::kSuccess, "gate.safetensors holds the gate after 20 steps"));
    EXPECT_EQ(world().gates_written, 1);
    EXPECT_EQ(world().trained_on, "5ha256");
}

TEST_F(DistillationSession, StopKeepsTheGateSoFar) {
    begin_and_hold();
    send(StopDistillation{});
    const Picture picture = wait([](const Snapshot& now) { return ended_as(now, "stopped"); });
    EXPECT_GT(picture->distillation->step, 3);
    EXPECT_FALSE(picture->distillation->deployed.empty());
    EXPECT_TRUE(says(*picture, Severity::kWarning, "Training stopped: gate.safetensors holds the gate after"));
    EXPECT_EQ(world().gates_written, 1);
}

TEST_F(DistillationSession, CancellingItsJobIsStopping) {
    begin_and_hold();
    const Picture running = wait(training_now);
    for (const JobStatus& job : running->jobs)
        if (job.kind == "distillation") send(CancelJob{job.id});
    wait([](const Snapshot& now) { return ended_as(now, "stopped"); });
    EXPECT_EQ(world().gates_written, 1);
}

TEST_F(DistillationSession, APausedOneTakesNoTimeAndGoesOnWhereItWas) {
    send(training(1'000'000'000));
    wait([](const Snapshot&) { return world().steps_trained > 3; });
    send(PauseDistillation{true});
    const Picture paused = wait([](const Snapshot& now) { return ended_as(now, "paused"); });
    EXPECT_EQ(world().steps_trained, paused->distillation->step);
    EXPECT_EQ(world().gates_written, 0);
    send(PauseDistillation{false});
    wait([&](const Snapshot& now) {
        return now.distillation->status == "running" && now.distillation->step > paused->distillation->step;
    });
    send(PauseDistillation{true});
    wait([](const Snapshot& now) { return ended_as(now, "paused"); });
    send(StopDistillation{});
    wait([](const Snapshot& now) { return ended_as(now, "stopped"); });
    EXPECT_EQ(world().gates_written, 1);
}

TEST_F(DistillationSession, APauseBetweenTwoStepsIsShown) {
    world().at_status = [this](const std::string& status) {
        if (status == "running" && world().steps_trained == 4) send(PauseDistillation{true});
    };
    send(training(1'000'000'000));
    wait([](const Snapshot& now) { return ended_as(now, "paused"); });
}

TEST_F(DistillationSession, OneThatIsResumedWithinTheStepOfItsPauseGoesOn) {
    begin_and_hold();
    const std::int64_t before = world().steps_trained;
    send(PauseDistillation{true});
    send(PauseDistillation{false});
    world().hold_training = false;
    wait([&](const Snapshot& now) {
        return now.distillation->status == "running" && now.distillation->step > before + 1;
    });
    EXPECT_EQ(world().gates_written, 0);
    send(StopDistillation{});
    wait([](const Snapshot& now) { return ended_as(now, "stopped"); });
    EXPECT_EQ(world().gates_written, 1);
}

TEST_F(DistillationSession, OneThatIsStoppedWhileItWaitsToGoOnKeepsItsGate) {
    send(training(1'000'000'000));
    wait([](const Snapshot&) { return world().steps_trained > 3; });
    send(PauseDistillation{true});
    wait([](const Snapshot& now) { return ended_as(now, "paused"); });
    world().hold = true;
    send(SetGate{GateSlot::kA, "oracle:k=4"});
    send(PauseDistillation{false});
    send(StopDistillation{});
    world().hold = false;
    wait([](const Snapshot& now) { return ended_as(now, "stopped"); });
    EXPECT_EQ(world().gates_written, 1);
}

TEST_F(DistillationSession, TheFileOfTheOneUnderWayIsNoOthers) {
    begin_and_hold();
    send(training(5));
    wait([](const Snapshot& now) { return says(now, Severity::kError, "the training that is under way"); });
    world().hold_training = false;
    send(StopDistillation{});
    wait([](const Snapshot& now) { return ended_as(now, "stopped"); });
    EXPECT_EQ(world().gates_written, 1);
}

TEST_F(DistillationSession, MeasurementsAndClicksGoFirst) {
    send(training(1'000'000'000));
    wait([](const Snapshot&) { return world().steps_trained > 3; });
    send(SetGate{GateSlot::kA, "oracle:k=4"});
    wait([](const Snapshot& now) { return now.gate_a && now.run->complete; });
    send(ShowHead{1, 1, 0});
    wait([](const Snapshot& now) { return now.pattern && now.pattern->layer == 1 && now.pattern->head == 1; });
    EXPECT_TRUE(training_now(*session_->snapshot()));
    send(StopDistillation{});
    wait([](const Snapshot& now) { return ended_as(now, "stopped"); });
}

TEST_F(DistillationSession, AnotherModelEndsItWithTheGateKept) {
    begin_and_hold();
    world().hold_training = false;
    send(OpenModel{"other"});
    const Picture picture =
        wait([](const Snapshot& now) { return ended_as(now, "stopped") && now.model->name == "other"; });
    EXPECT_EQ(world().gates_written, 1);
    EXPECT_FALSE(picture->distillation->deployed.empty());
}

TEST_F(DistillationSession, ANewOneTakesThePlaceOfTheOldWhoseGateIsKept) {
    begin_and_hold();
    world().hold_training = false;
    send(training(5, "second.safetensors"));
    wait([](const Snapshot& now) {
        return ended_as(now, "done") && now.distillation->deployed.find("second") != std::string::npos;
    });
    EXPECT_EQ(world().gates_written, 2);
}

TEST_F(DistillationSession, ClosingTheProgramKeepsTheGate) {
    begin_and_hold();
    session_.reset();
    EXPECT_EQ(world().gates_written, 1);
}

TEST_F(DistillationSession, ClosingTheProgramKeepsTheCurves) {
    StartDistillation command = training(1'000'000'000);
    command.request.capture = (folder_ / "curves.h5").string();
    send(command);
    wait([](const Snapshot&) { return world().steps_trained > 3; });
    session_.reset();
    EXPECT_EQ(world().gates_written, 1);
    EXPECT_NE(world().written, nullptr);
}

TEST_F(DistillationSession, WhatCannotBeTrainedIsSaidAtOnce) {
    StartDistillation command = training(5);
    command.request.gate = "oracle";
    send(command);
    wait([](const Snapshot& now) { return says(now, Severity::kError, "unknown trainable gate"); });
    send(training(5, "no/such/folder.safetensors"));
    wait([](const Snapshot& now) { return says(now, Severity::kError, "no/such"); });
    EXPECT_EQ(session_->snapshot()->distillation, nullptr);
}

TEST_F(DistillationSession, ATextThatIsNotThereEndsItWithALine) {
    StartDistillation command = training(5);
    command.request.text = "missing.txt";
    send(command);
    wait([](const Snapshot& now) { return says(now, Severity::kError, "there is no such file") && idle(now); });
    EXPECT_EQ(world().gates_written, 0);
}

TEST_F(DistillationSession, TheGradientThroughTheSetStandsBesideThatOfTheSoftGate) {
    send(MeasureGateGradient{training(1).request});
    const Picture picture = wait([](const Snapshot& now) { return now.gate_gradients.size() == 2 && idle(now); });
    EXPECT_EQ(picture->gate_gradients[0].gate, "learned");
    EXPECT_EQ(picture->gate_gradients[0].norms, (std::vector<double>{0}));
    EXPECT_EQ(picture->gate_gradients[1].gate, "soft-learned");
}

TEST_F(DistillationSession, TheCurvesGoIntoACapture) {
    StartDistillation command = training(5);
    command.request.capture = (folder_ / "curves.h5").string();
    send(command);
    wait([](const Snapshot& now) { return says(now, Severity::kSuccess, "Wrote curves.h5"); });
    ASSERT_NE(world().written, nullptr);
    EXPECT_EQ(world().written->curves.size(), 1u);
    EXPECT_EQ(world().written->model->sha256, "5ha256");
}

}  // namespace
}  // namespace gatescope
