// Sweeps and sensitivity maps in a session.
#include <gtest/gtest.h>

#include "tests/app/engine/session_fixture.h"

namespace gatescope {
namespace {

StartSweep sweep_of(const std::vector<std::int64_t>& budgets, const std::string& path = "sweep.h5") {
    StartSweep out;
    out.request.gates = {parse_gate("oracle:k=64")};
    out.request.budgets[Swept::kKeys] = budgets;
    out.path = path;
    return out;
}

StartSensitivity map_of(const std::vector<std::int64_t>& budgets) {
    StartSensitivity out;
    out.request.gate = parse_gate("oracle:k=64").terms.front();
    out.request.budgets = budgets;
    out.request.mean_budget = static_cast<double>(budgets.front());
    return out;
}

bool swept(const Snapshot& snapshot) {
    return snapshot.sweep && snapshot.sweep->complete && idle(snapshot);
}
bool mapped(const Snapshot& snapshot) {
    return snapshot.sensitivity && snapshot.sensitivity->done == snapshot.sensitivity->total && idle(snapshot);
}
const JobStatus* job_of(const Snapshot& snapshot, const std::string& kind) {
    for (const JobStatus& job : snapshot.jobs)
        if (job.kind == kind) return &job;
    return nullptr;
}

class LabSessionTest : public SessionTest {
  protected:
    void SetUp() override {
        SessionTest::SetUp();
        start();
        wait(measured);
    }
    // Held at its first window.
    const JobStatus begin_held(const Command& command, const std::string& kind) {
        world().hold = true;
        send(command);
        const Picture picture = wait([&](const Snapshot& snapshot) {
            const JobStatus* job = job_of(snapshot, kind);
            return job != nullptr && job->job->progress().total > 0;
        });
        return *job_of(*picture, kind);
    }
};

TEST_F(LabSessionTest, ASweepIsMeasuredShownAndWritten) {
    send(sweep_of({2, 4}));
    const Picture picture = wait([](const Snapshot& snapshot) {
        return swept(snapshot) && says(snapshot, Severity::kSuccess, "Swept 2 points into sweep.h5");
    });
    EXPECT_EQ(picture->sweep->gates.size(), 2U);
    EXPECT_EQ(picture->sweep_path, "sweep.h5");
    EXPECT_EQ(picture->sweep->model->sha256, "5ha256");
    EXPECT_EQ(
        picture->sweep->command,
        "gatescope sweep sample --text sample --window 512 --windows 16 --gate oracle:k=64 --k 2,4 --out sweep.h5");
    EXPECT_EQ(world().written->gates.size(), 2U);
}

TEST_F(LabSessionTest, ASweepThatWasStoppedGoesOnFromItsCapture) {
    send(sweep_of({2}));
    wait([](const Snapshot& snapshot) { return swept(snapshot) && says(snapshot, Severity::kSuccess, "Swept"); });
    const std::int64_t before = world().lab_windows_run;
    send(CancelJob{begin_held(sweep_of({2, 4}), "sweep").id});
    const Picture stopped = wait(idle);
    EXPECT_FALSE(stopped->sweep->complete);
    EXPECT_EQ(stopped->sweep->gates.size(), 1U);
    world().hold = false;
    send(sweep_of({2, 4}));
    wait([](const Snapshot& snapshot) { return swept(snapshot) && snapshot.sweep->gates.size() == 2; });
    EXPECT_EQ(world().lab_windows_run - before, 4);
}

TEST_F(LabSessionTest, AToggleDoesNotWaitForTheSweepThatRunsAndTheSweepGoesOn) {
    begin_held(sweep_of({2, 4}), "sweep");
    send(SetGate{GateSlot::kA, "oracle:k=2"});
    wait([](const Snapshot& snapshot) { return snapshot.gate_a.has_value(); });
    EXPECT_EQ(world().lab_windows_run, 0);
    world().hold = false;
    const Picture picture = wait([](const Snapshot& snapshot) { return swept(snapshot) && measured(snapshot); });
    EXPECT_EQ(picture->sweep->gates.size(), 2U);
    EXPECT_EQ(world().lab_windows_run, 8);
    EXPECT_FALSE(says(*picture, Severity::kError, ""));
}

TEST_F(LabSessionTest, AnotherTextEndsASweepAndTakesTheSensitivityMapAway) {
    send(map_of({2}));
    wait(mapped);
    begin_held(sweep_of({2, 4}), "sweep");
    send(OpenText{"other"});
    world().hold = false;
    const Picture picture =
        wait([](const Snapshot& snapshot) { return measured(snapshot) && snapshot.run->text->name == "other"; });
    EXPECT_FALSE(picture->sweep->complete);
    EXPECT_EQ(picture->sensitivity, nullptr);
    EXPECT_EQ(picture->run->sensitivity, nullptr);
    EXPECT_FALSE(says(*picture, Severity::kError, ""));
}

TEST_F(LabSessionTest, ANewSweepTakesTheOldOnesPlace) {
    begin_held(sweep_of({2, 4}, "a.h5"), "sweep");
    world().hold = false;
    send(sweep_of({8}, "b.h5"));
    const Picture picture =
        wait([](const Snapshot& snapshot) { return swept(snapshot) && snapshot.sweep_path == "b.h5"; });
    EXPECT_EQ(print_gate(picture->sweep->gates.back().gate), "oracle:k=8");
}

TEST_F(LabSessionTest, WhatCantBeSweptIsRefusedAtOnce) {
    StartSweep wrong = sweep_of({2});
    wrong.request.gates = {parse_gate("oracle:k=64@9")};
    send(wrong);
    wait([](const Snapshot& snapshot) { return says(snapshot, Severity::kError, "layers 9"); });
    send(map_of({0}));
    wait([](const Snapshot& snapshot) { return says(snapshot, Severity::kError, "k = 0"); });
    EXPECT_EQ(world().lab_windows_run, 0);
}

TEST_F(LabSessionTest, ASensitivityMapFillsTheRunToo) {
    send(map_of({2, 4}));
    const Picture picture = wait(mapped);
    EXPECT_EQ(picture->sensitivity->layer_cost.size(), 4U);
    EXPECT_EQ(picture->run->sensitivity, picture->sensitivity);
    send(SetGate{GateSlot::kA, "oracle:k=2"});
    const Picture gated = wait([](const Snapshot& snapshot) { return snapshot.gate_a && measured(snapshot); });
    EXPECT_EQ(gated->run->sensitivity, gated->sensitivity);
    send(ExportCapture{"c.h5"});
    wait([](const Snapshot& snapshot) { return says(snapshot, Severity::kSuccess, "Wrote c.h5"); });
    EXPECT_NE(world().written->sensitivity, nullptr);
}

TEST_F(LabSessionTest, ASensitivityMapGoesOnWhereItWas) {
    send(map_of({2}));
    wait(mapped);
    const std::int64_t before = world().lab_windows_run;
    send(CancelJob{begin_held(map_of({2, 4}), "sensitivity").id});
    wait(idle);
    world().hold = false;
    EXPECT_EQ(session_->snapshot()->sensitivity->done, 2);
    send(map_of({2, 4}));
    const Picture picture =
        wait([](const Snapshot& snapshot) { return mapped(snapshot) && snapshot.sensitivity->total == 4; });
    EXPECT_EQ(picture->sensitivity->done, 4);
    EXPECT_EQ(world().lab_windows_run - before, 2);
}

TEST_F(LabSessionTest, AnotherModelTakesTheMapAway) {
    send(map_of({2}));
    wait(mapped);
    send(OpenModel{"other"});
    const Picture picture =
        wait([](const Snapshot& snapshot) { return measured(snapshot) && snapshot.run->model->name == "other"; });
    EXPECT_EQ(picture->sensitivity, nullptr);
    EXPECT_EQ(picture->run->sensitivity, nullptr);
}

}  // namespace
}  // namespace gatescope
