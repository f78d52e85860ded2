// What an experiment would be: its plan at once, its time as soon as it is measured.
#include "tests/app/engine/experiments_fixture.h"

namespace gatescope {
namespace {

class ExperimentProposals : public ExperimentsFixture {
  protected:
    static ProposeExperiment wish(std::vector<std::int64_t> seeds = {0, 1}) {
        return {setting(std::move(seeds)), place("one")};
    }
    static bool planned(const Snapshot& snapshot, std::size_t steps) {
        return snapshot.proposal && snapshot.proposal->plan && snapshot.proposal->plan->steps.size() == steps;
    }
    static bool estimated(const Snapshot& snapshot, std::size_t steps) {
        return planned(snapshot, steps) && snapshot.proposal->seconds >= 0;
    }
};

TEST_F(ExperimentProposals, ThePlanIsThereAtOnceAndItsTimeFollows) {
    fakes().hold_probes = true;
    send(wish());
    const Picture first = wait([](const Snapshot& now) { return planned(now, 2); });
    EXPECT_LT(first->proposal->seconds, 0);
    EXPECT_TRUE(first->proposal->step_seconds.empty());
    EXPECT_EQ(first->proposal->setting, setting());
    fakes().hold_probes = false;
    const Picture second = wait([](const Snapshot& now) { return estimated(now, 2); });
    EXPECT_EQ(second->proposal->seconds, 20);
    EXPECT_EQ(second->proposal->step_seconds, std::vector<double>({10, 10}));
    EXPECT_NE(second->proposal->id, first->proposal->id);
}

TEST_F(ExperimentProposals, WhatCannotBeRunSaysWhyAndIsNoMessage) {
    ProposeExperiment unknown = wish();
    unknown.setting.experiment = "unknown";
    send(unknown);
    Picture picture = wait([](const Snapshot& now) { return now.proposal && !now.proposal->refusal.empty(); });
    EXPECT_NE(picture->proposal->refusal.find("there is no experiment"), std::string::npos);
    EXPECT_EQ(picture->proposal->plan, nullptr);
    ProposeExperiment missing = wish();
    missing.setting.model = "missing";
    send(missing);
    picture = wait([](const Snapshot& now) { return now.proposal->setting.model == "missing"; });
    EXPECT_EQ(picture->proposal->refusal, "missing: there is no such file");
    EXPECT_TRUE(picture->messages.empty());
}

TEST_F(ExperimentProposals, TheNewestWishCounts) {
    fakes().hold_plans = true;
    for (std::int64_t n = 2; n < 50; ++n) send(wish(std::vector<std::int64_t>(static_cast<std::size_t>(n))));
    send(wish({0}));
    fakes().hold_plans = false;
    wait([](const Snapshot& now) { return estimated(now, 1); });
    EXPECT_LE(fakes().plans, 2) << "the first may have been at work";
    EXPECT_LE(fakes().probes, 2);
}

TEST_F(ExperimentProposals, AnEstimateThatIsNoLongerWantedIsGivenUp) {
    fakes().hold_probes = true;
    send(wish({0, 1, 2}));
    wait([](const Snapshot& now) {
        return planned(now, 3) && std::any_of(now.jobs.begin(), now.jobs.end(),
                                              [](const JobStatus& job) { return job.kind == "experiment estimate"; });
    });
    ProposeExperiment unknown = wish();
    unknown.setting.experiment = "unknown";
    send(unknown);
    const Picture picture = wait([](const Snapshot& now) { return idle(now) && !now.proposal->refusal.empty(); });
    EXPECT_EQ(fakes().probes, 0);
    EXPECT_TRUE(picture->messages.empty());
}

TEST_F(ExperimentProposals, StepsThatAreThereNeedNoTimeAndTheSameIsNotMeasuredTwice) {
    send(wish());
    wait([](const Snapshot& now) { return estimated(now, 2); });
    EXPECT_EQ(fakes().probes, 1);
    send(experiment("one"));
    wait_until("one", "done");
    forget_experiment("one", 5);
    send(wish());
    const Picture picture = wait([](const Snapshot& now) { return now.proposal->seconds == 10; });
    EXPECT_EQ(picture->proposal->step_seconds, std::vector<double>({0, 10}));
    forget_experiment("one", 10);
    send(wish());
    wait([](const Snapshot& now) { return now.proposal->seconds == 0; });
    EXPECT_EQ(fakes().probes, 1);
}

TEST_F(ExperimentProposals, AStepThatIsThereNoLongerIsMeasured) {
    send(experiment("one"));
    wait_until("one", "done");
    forget_experiment("one", 5);
    send(wish());
    const Picture first = wait([](const Snapshot& now) { return estimated(now, 2); });
    EXPECT_EQ(first->proposal->step_seconds, std::vector<double>({0, 10}));
    forget_experiment("one", 0);
    send(wish());
    wait([](const Snapshot& now) { return now.proposal->seconds == 20; });
    EXPECT_EQ(fakes().probes, 2);
}

TEST_F(ExperimentProposals, AreAnsweredWhileAnExperimentIsAtWorkWhichGoesOn) {
    fakes().pieces_of_a_step = 1'000'000'000;
    send(experiment("other"));
    wait_until("other", "running");
    send(wish());
    wait([](const Snapshot& now) { return estimated(now, 2); });
    const std::int64_t pieces = fakes().pieces;
    const Picture picture =
        wait([&](const Snapshot& now) { return stands(now, "other", "running") && fakes().pieces > pieces + 2; });
    EXPECT_EQ(picture->experiments.size(), 1U);
    EXPECT_EQ(begun_experiments().size(), 1U);
}

TEST_F(ExperimentProposals, WhatWasProposedIsWhatTheExperimentHasLeft) {
    send(wish());
    wait([](const Snapshot& now) { return estimated(now, 2); });
    fakes().hold_at = 7;
    send(experiment("one"));
    const Picture picture = wait_until("one", "running");
    EXPECT_EQ(listed(*picture, "one")->seconds_left, 20);
    fakes().hold_at = -1;
    wait_until("one", "done");
}

TEST_F(ExperimentProposals, AToggleComesBeforeTheEstimateWhichIsMadeAnew) {
    fakes().hold_probes = true;
    send(wish());
    wait([](const Snapshot& now) { return planned(now, 2); });
    send(SetGate{GateSlot::kA, "oracle:k=4"});
    wait([](const Snapshot& now) { return now.gate_a && now.run->complete; });
    fakes().hold_probes = false;
    wait([](const Snapshot& now) { return estimated(now, 2); });
}

}  // namespace
}  // namespace gatescope
