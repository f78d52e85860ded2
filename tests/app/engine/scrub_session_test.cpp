// A slider that runs through the checkpoints of a run: they are opened as the session's model, one after the other.
#include "tests/app/engine/runs_fixture.h"

namespace gatescope {
namespace {

class ScrubSession : public RunsFixture {
  protected:
    void SetUp() override {
        RunsFixture::SetUp();
        send(run("one", 50));
        wait([](const Snapshot& now) { return is(now, "one", "done") && idle(now); });
    }
    static bool shows(const Snapshot& now, std::int64_t step) {
        return now.shown_run == path("one") && now.shown_step == step && now.run &&
               now.run->model->name == path("one") + "/checkpoint-" + std::to_string(step) && now.pattern;
    }
};

TEST_F(ScrubSession, ACheckpointIsOpenedAndAllThatIsShownFollows) {
    send(SetGate{GateSlot::kA, "oracle:k=4"});
    send(OpenText{"other"});
    wait([](const Snapshot& now) { return now.gate_a && now.run->text->name == "other" && now.run->complete; });
    send(ShowCheckpoint{path("one"), 20});
    const Picture picture = wait([](const Snapshot& now) { return shows(now, 20) && now.run->complete; });
    EXPECT_EQ(picture->settings.gate_a, "oracle:k=4");
    EXPECT_EQ(picture->run->text->name, "other");
    EXPECT_EQ(picture->settings.model_path, path("one") + "/checkpoint-20");
}

TEST_F(ScrubSession, AnotherModelIsOfNoRun) {
    send(ShowCheckpoint{path("one"), 20});
    wait([](const Snapshot& now) { return shows(now, 20); });
    send(OpenModel{"other"});
    const Picture picture = wait([](const Snapshot& now) { return now.model && now.model->name == "other"; });
    EXPECT_EQ(picture->shown_run, "");
    EXPECT_EQ(picture->shown_step, -1);
}

TEST_F(ScrubSession, OfThoseThatAreRunOverTheNewestIsOpenedNext) {
    const std::int64_t before = world().models_loaded;
    world().hold_loading = true;
    for (const std::int64_t step : {10, 20, 30, 40}) send(ShowCheckpoint{path("one"), step});
    world().hold_loading = false;
    wait([](const Snapshot& now) { return shows(now, 40); });
    EXPECT_EQ(world().models_loaded - before, 2) << "the first, which was under way, and the last";
}

TEST_F(ScrubSession, ASliderThatMovesOnAndOnShowsPictures) {
    world().hold = true;  // no first picture yet
    send(ShowCheckpoint{path("one"), 10});
    wait([](const Snapshot& now) { return now.shown_step == 10; });
    for (int turn = 0; turn < 20; ++turn) send(ShowCheckpoint{path("one"), turn % 2 == 0 ? 20 : 30});
    EXPECT_EQ(session_->snapshot()->shown_step, 10);
    std::vector<std::int64_t> pictures;
    world().hold = false;
    wait([&](const Snapshot& now) {
        if (now.run && (pictures.empty() || pictures.back() != now.shown_step)) pictures.push_back(now.shown_step);
        return shows(now, 30);
    });
    for (const std::int64_t step : pictures) EXPECT_NE(step, 20);
}

TEST_F(ScrubSession, OneThatCannotBeOpenedDoesNotHoldUpTheNext) {
    world().memory_there = 1;
    send(ShowCheckpoint{path("one"), 10});
    wait([](const Snapshot& now) { return now.refusal != nullptr; });
    world().memory_there = 1'000'000;
    send(ShowCheckpoint{path("one"), 30});
    wait([](const Snapshot& now) { return shows(now, 30); });
}

TEST_F(ScrubSession, OneWhoseMeasurementIsCancelledDoesNotHoldUpTheNext) {
    world().hold = true;
    send(ShowCheckpoint{path("one"), 10});
    wait([](const Snapshot& now) { return now.shown_step == 10; });
    send(ShowCheckpoint{path("one"), 30});
    const Picture busy = wait([](const Snapshot& now) { return !now.jobs.empty(); });
    for (const JobStatus& job : busy->jobs) send(CancelJob{job.id});
    world().hold = false;
    wait([](const Snapshot& now) { return shows(now, 30); });
}

TEST_F(ScrubSession, AModelThatIsOpenedMeanwhileWins) {
    world().hold_loading = true;
    send(ShowCheckpoint{path("one"), 10});
    send(ShowCheckpoint{path("one"), 30});
    send(OpenModel{"other"});
    world().hold_loading = false;
    const Picture picture = wait([](const Snapshot& now) {
        return now.run && now.run->model->name == "other" && now.run->complete && idle(now);
    });
    EXPECT_EQ(picture->shown_step, -1);
}

TEST_F(ScrubSession, ItGoesWhileThatVeryRunTrains) {
    send(run("two", kForever));
    wait([](const Snapshot& now) { return shown(now, "two") && !shown(now, "two")->checkpoints.empty(); });
    world().runs.hold = true;
    send(ShowCheckpoint{path("two"), 10});
    wait([](const Snapshot& now) { return now.shown_run == path("two") && now.shown_step == 10; });
    wait([](const Snapshot& now) { return now.run && now.run->model->name == path("two") + "/checkpoint-10"; });
    const std::int64_t step = world().runs.steps;
    world().runs.hold = false;
    wait([&](const Snapshot&) { return world().runs.steps > step + 3; });
    EXPECT_TRUE(is(*session_->snapshot(), "two", "running"));
}

TEST_F(ScrubSession, WhatIsNotThereIsSaid) {
    send(ShowCheckpoint{path("one"), 11});
    EXPECT_TRUE(says(*session_->snapshot(), Severity::kError, "has no checkpoint of step 11"));
    send(ShowCheckpoint{path("none"), 10});
    EXPECT_TRUE(says(*session_->snapshot(), Severity::kError, "is no run of the list"));
}

}  // namespace
}  // namespace gatescope
