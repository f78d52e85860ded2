// Experiments from their first step to their last.
#include "app/engine/experiments/experiment_run.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "model/core/error.h"
#include "tests/app/engine/experiments/experiment_fixture.h"
#include "tests/support/expect_refusal.h"
#include "tests/support/full_disk.h"

namespace gatescope {
namespace {

TEST(ExperimentRun, EveryExperimentOfTheListRunsToItsEndAndHasAVerdict) {
    const Place place;
    for (const ExperimentInfo& info : experiments()) {
        SCOPED_TRACE(info.id);
        const fs::path folder = place / "all" / info.id;
        const auto run = begin(small_setting(info.id, place / "text.txt"), folder);
        finish(*run);
        const auto view = run->view();
        EXPECT_EQ(view->status, "done");
        EXPECT_EQ(view->steps_done, view->result->plan->steps.size());
        EXPECT_EQ(view->seconds_left, 0);
        EXPECT_TRUE(view->warnings.empty());
        EXPECT_NE(view->result->summary.verdict, Verdict::kOpen);
        EXPECT_FALSE(view->result->summary.sentence.empty());
        for (const ExperimentStep& step : view->result->plan->steps) {
            const StepOutcome& outcome = view->result->outcomes.at(step.name);
            EXPECT_TRUE(outcome.done) << step.name;
            EXPECT_TRUE(fs::exists(folder / step.name / "outcome.json")) << step.name;
        }
        EXPECT_TRUE(fs::exists(folder / "table.md"));
    }
}

TEST(ExperimentRun, OnAModelThatIsGivenItRunsToItsEndToo) {
    const Place place;
    ExperimentSetting trained = small_setting("concentration", place / "text.txt");
    trained.seeds = {0};
    finish(*begin(trained, place / "models" / "one"));
    int experiments_with_model = 0;
    for (const ExperimentInfo& info : experiments()) {
        if (!info.takes_model) continue;
        SCOPED_TRACE(info.id);
        ++experiments_with_model;
        ExperimentSetting setting = small_setting(info.id, place / "text.txt");
        setting.model = (place / "models" / "one" / "dense-seed-0").string();  // of a run the last checkpoint is meant
        std::erase_if(setting.changes, [](const std::string& change) {
            return change.starts_with("model.") || change.starts_with("data.vocabulary");
        });
        setting.values.erase("steps");
        const fs::path folder = place / "given" / info.id;
        const auto run = begin(setting, folder);
        finish(*run);
        EXPECT_NE(run->view()->result->summary.verdict, Verdict::kOpen);
        EXPECT_EQ(view_of_experiment(folder)->status, "done");
    }
    EXPECT_GT(experiments_with_model, 2);
}

TEST(ExperimentRun, ARunOfAnExperimentBesideIsTakenOverAndComesToTheSame) {
    const Place place;
    const fs::path text = place / "text.txt", beside = place / "all" / "concentration";
    finish(*begin(small_setting("concentration", text), beside));
    const auto run = begin(small_setting("hard-gradient", text), place / "all" / "hard-gradient");
    const auto there = steps_there(*run->view()->result->plan);
    EXPECT_EQ(std::ranges::count(there, true), 2);
    const int with = finish(*run);
    const auto alone = begin(small_setting("hard-gradient", text), place / "alone" / "hard-gradient");
    EXPECT_GT(finish(*alone), with);
    for (const char* name : {"dense-seed-0", "dense-seed-1"}) {
        const StepOutcome outcome = run->view()->result->outcomes.at(name);
        EXPECT_EQ(outcome.adopted, "concentration");
        EXPECT_EQ(alone->view()->result->outcomes.at(name).adopted, "");
        expect_equal_runs(beside / name, place / "all" / "hard-gradient" / name, "checkpoint-8");
    }
    nlohmann::json with_runs = outcomes_in(place / "all" / "hard-gradient");
    for (nlohmann::json& outcome : with_runs) outcome["adopted"] = "";
    EXPECT_EQ(with_runs, outcomes_in(place / "alone" / "hard-gradient"));
    EXPECT_TRUE(run->view()->warnings.empty());
}

TEST(ExperimentRun, ARunThatWasTrainedOnAnotherTextIsTrainedAnew) {
    const Place place;
    const fs::path text = place / "text.txt";
    ExperimentSetting setting = small_setting("concentration", text);
    setting.seeds = {0};
    finish(*begin(setting, place / "all" / "one"));
    std::ofstream(text) << learnable_text(5, 11);
    const auto run = begin(setting, place / "all" / "another");
    finish(*run);
    EXPECT_EQ(run->view()->result->outcomes.at("dense-seed-0").adopted, "");
}

TEST(ExperimentRun, ARunThatWasTrainedOnAnotherDeviceIsTrainedAnew) {
    const Place place;
    ExperimentSetting setting = small_setting("concentration", place / "text.txt");
    setting.seeds = {0};
    finish(*begin(setting, place / "all" / "one"));
    const fs::path notes = place / "all" / "one" / "dense-seed-0" / "checkpoint-8" / "trainer.json";
    nlohmann::json trained = nlohmann::json::parse(bytes_of(notes));
    trained["device"] = "cuda:0";
    std::ofstream(notes) << trained.dump();
    const auto run = begin(setting, place / "all" / "another");
    finish(*run);
    EXPECT_EQ(run->view()->result->outcomes.at("dense-seed-0").adopted, "");
}

TEST(ExperimentRun, WhatTextsBecomeWhileItRunsIsNotTrainedOn) {
    const Place place;
    const fs::path text = place / "text.txt", folder = place / "all" / "x";
    const std::string before = bytes_of(text);
    ExperimentSetting setting = small_setting("soft-gating", text);
    setting.seeds = {0};
    finish(*begin(setting, place / "whole" / "x"));
    auto run = begin(setting, folder);
    JobContext job;
    while (run->view()->steps_done < 2) ASSERT_TRUE(run->step(job));
    std::ofstream(text) << learnable_text(5, 11);
    expect_refusal(FailureKind::kUsage, "other texts", [&] { finish(*run); });
    EXPECT_EQ(run->view()->steps_done, 2U);
    std::ofstream(text) << before;
    run.reset();
    finish(*go_on(folder));
    expect_equal_outcomes(place / "whole" / "x", folder);
}

TEST(ExperimentRun, ItGoesOnOnTheTextsThatItWasBegunOnAlone) {
    const Place place;
    const fs::path text = place / "text.txt", folder = place / "all" / "x";
    const std::string before = bytes_of(text);
    {
        JobContext job;
        const auto run = begin(small_setting("concentration", text), folder);
        while (run->view()->steps_done < 2) ASSERT_TRUE(run->step(job));
    }
    std::ofstream(text) << learnable_text(5, 11);
    expect_refusal(FailureKind::kUsage, "other texts", [&] { (void)go_on(folder); });
    std::ofstream(text) << before;
    finish(*go_on(folder));
    std::ofstream(text) << learnable_text(5, 11);
    EXPECT_NO_THROW(finish(*go_on(folder))) << "there is nothing left to do";
}

TEST(ExperimentRun, ADamagedExperimentFileIsRefusedByName) {
    const Place place;
    const fs::path folder = place / "all" / "x";
    finish(*begin(small_setting("concentration", place / "text.txt"), folder));
    const nlohmann::json whole = nlohmann::json::parse(bytes_of(folder / "experiment.json"));
    for (const char* key : {"format", "version", "setting", "created", "data_sha256", "model_sha256"})
        for (const nlohmann::json& damage : {nlohmann::json(), nlohmann::json(7), nlohmann::json::array()}) {
            nlohmann::json damaged = whole;
            damaged[key] = damage;
            std::ofstream(folder / "experiment.json") << damaged;
            expect_refusal(FailureKind::kBadFile, "experiment.json", [&] { (void)view_of_experiment(folder); });
            expect_refusal(FailureKind::kBadFile, "experiment.json", [&] { (void)go_on(folder); });
        }
}

TEST(ExperimentRun, ADamagedOutcomeIsSaidAndItsStepDoneAgain) {
    const Place place;
    ExperimentSetting setting = small_setting("concentration", place / "text.txt");
    setting.seeds = {0};
    const fs::path folder = place / "all" / "x";
    finish(*begin(setting, folder));
    const nlohmann::json before = outcomes_in(folder);
    for (const char* step : {"dense-seed-0", "dense-seed-0-measured"})
        for (const char* damage : {"", "{", "[]", "{\"format\":\"gatescope-outcome\",\"version\":1}"}) {
            const fs::path file = folder / step / "outcome.json";
            std::ofstream(file) << damage;
            EXPECT_EQ(view_of_experiment(folder)->status, "stopped");
            const auto run = go_on(folder);
            EXPECT_EQ(run->view()->steps_done, 1U);
            EXPECT_THAT(run->view()->warnings, testing::ElementsAre(testing::HasSubstr(file.string())));
            finish(*run);
            EXPECT_EQ(outcomes_in(folder), before);
        }
}

TEST(ExperimentRun, AnOutcomeOfOtherWorkDoesNotCount) {
    const Place place;
    ExperimentSetting setting = small_setting("concentration", place / "text.txt");
    setting.seeds = {0, 1};
    const fs::path folder = place / "all" / "x";
    finish(*begin(setting, folder));
    fs::copy_file(folder / "dense-seed-1-measured" / "outcome.json", folder / "dense-seed-0-measured" / "outcome.json",
                  fs::copy_options::overwrite_existing);
    EXPECT_THAT(view_of_experiment(folder)->warnings, testing::ElementsAre(testing::HasSubstr("of other work")));
}

TEST(ExperimentRun, AFolderThatWasMovedIsStillDone) {
    const Place place;
    const fs::path folder = place / "all" / "x", moved = place / "elsewhere";
    const auto run = begin(small_setting("soft-gating", place / "text.txt"), folder);
    finish(*run);
    const auto before = run->view()->result;
    fs::rename(folder, moved);
    const auto view = view_of_experiment(moved);
    EXPECT_EQ(view->status, "done");
    EXPECT_TRUE(view->warnings.empty());
    EXPECT_EQ(view->result->summary.sentence, before->summary.sentence);
    EXPECT_NE(view->result->summary.verdict, Verdict::kOpen);
}

TEST(ExperimentRun, AFullDiskStopsItWhereItIsAndItGoesOnOnceThereIsRoom) {
    const Place place;
    ExperimentSetting setting = small_setting("post-hoc", place / "text.txt");
    setting.seeds = {0};
    finish(*begin(setting, place / "whole" / "x"));
    const fs::path folder = place / "full" / "x";
    const auto run = begin(setting, folder);
    JobContext job;
    std::size_t failures = 0;
    for (bool more = true; more;) {
        try {
            const FullDisk full(100);
            more = run->step(job);
            continue;
        } catch (const Failure& failure) {
            EXPECT_EQ(failure.kind(), FailureKind::kOutput) << failure.what();
            ++failures;
        }
        more = run->step(job);
    }
    EXPECT_GT(failures, 2 * run->view()->result->plan->steps.size());
    expect_equal_outcomes(place / "whole" / "x", folder);
}

TEST(ExperimentRun, WhatCanBeKnownToFailFailsBeforeThereIsAFolder) {
    const Place place;
    const fs::path text = place / "text.txt", folder = place / "all" / "x";
    const auto refused = [&](FailureKind kind, const std::string& what, const auto& change) {
        ExperimentSetting setting = small_setting("soft-gating", text);
        change(setting);
        expect_refusal(kind, what, [&] { (void)begin(setting, folder); });
        EXPECT_FALSE(fs::exists(folder)) << what;
    };
    refused(FailureKind::kNotFound, "gone.txt",
            [&](auto& s) { s.changes[0] = "data.text=" + (place / "gone.txt").string(); });
    refused(FailureKind::kUsage, "training texts", [&](auto& s) {
        std::ofstream(place / "short.txt") << "one\n\n\ntwo";
        s.changes[0] = "data.text=" + (place / "short.txt").string();
    });
    refused(FailureKind::kNotFound, "no-model", [&](auto& s) { s.model = (place / "no-model").string(); });
    refused(FailureKind::kUsage, "soft-gatin", [&](auto& s) { s.experiment = "soft-gatin"; });
}

TEST(ExperimentRun, AFolderThatHoldsSomethingIsRefused) {
    const Place place;
    const ExperimentSetting setting = small_setting("concentration", place / "text.txt");
    fs::create_directories(place / "all" / "notes");
    std::ofstream(place / "all" / "notes" / "mine.txt") << "mine";
    expect_refusal(FailureKind::kUsage, "other things", [&] { (void)begin(setting, place / "all" / "notes"); });
    const auto run = begin(setting, place / "all" / "x");
    expect_refusal(FailureKind::kUsage, "--resume", [&] { (void)begin(setting, place / "all" / "x"); });
    expect_refusal(FailureKind::kResource, "another window or program", [&] { (void)go_on(place / "all" / "x"); });
    expect_refusal(FailureKind::kNotFound, "holds no experiment", [&] { (void)go_on(place / "all" / "notes"); });
    EXPECT_EQ(bytes_of(place / "all" / "notes" / "mine.txt"), "mine");
}

TEST(ExperimentRun, OverwrittenItsOwnFilesGoAndOthersStay) {
    const Place place;
    ExperimentSetting setting = small_setting("concentration", place / "text.txt");
    const fs::path folder = place / "all" / "x";
    finish(*begin(setting, folder));
    fs::create_directories(folder / "mine");
    std::ofstream(folder / "mine" / "outcome.json") << "mine";
    setting.seeds = {5};
    JobContext job;
    const auto run = ExperimentRun::start(setting, folder, true, kCpu, job);
    EXPECT_FALSE(fs::exists(folder / "dense-seed-0"));
    EXPECT_FALSE(fs::exists(folder / "dense-seed-1-measured"));
    EXPECT_FALSE(fs::exists(folder / "table.md"));
    EXPECT_EQ(bytes_of(folder / "mine" / "outcome.json"), "mine");
    finish(*run);
    EXPECT_EQ(view_of_experiment(folder)->status, "done");
}

TEST(ExperimentRun, ItsViewShowsTheRunThatIsUnderWayAndWhatIsLeft) {
    const Place place;
    ExperimentSetting setting = small_setting("soft-gating", place / "text.txt");
    setting.seeds = {0};
    const fs::path folder = place / "all" / "x";
    const auto run = begin(setting, folder);
    const std::size_t steps = run->view()->result->plan->steps.size();
    EXPECT_LT(run->view()->seconds_left, 0);
    run->expect(std::vector<double>(steps, 10.0));
    EXPECT_DOUBLE_EQ(run->view()->seconds_left, 10.0 * static_cast<double>(steps));
    JobContext job;
    while (run->view()->result->outcomes.empty()) ASSERT_TRUE(run->step(job));
    const auto first = run->view();
    const StepOutcome& outcome = first->result->outcomes.begin()->second;
    EXPECT_FALSE(outcome.done);
    EXPECT_EQ(outcome.curves.at(0)->step.size(), 1U);
    EXPECT_EQ(first->steps_done, 0U);
    EXPECT_EQ(run->view(), first);
    while (run->view()->step_share < 0.5) ASSERT_TRUE(run->step(job));
    EXPECT_EQ(run->view()->at_work, first->result->plan->steps.at(0).title);
    run->save(job);
    const auto seen = view_of_experiment(folder);
    EXPECT_EQ(seen->status, "stopped");
    EXPECT_FALSE(seen->result->outcomes.begin()->second.done);
}

TEST(ExperimentRun, EachRunsCaptureIsDueOnceBeforeItsStepCounts) {
    const Place place;
    ExperimentSetting setting = small_setting("concentration", place / "text.txt");
    const fs::path folder = place / "all" / "x";
    const auto run = begin(setting, folder);
    JobContext job;
    std::vector<std::string> due;
    for (bool more = true; more;) {
        more = run->step(job);
        for (const auto& [file, capture] : run->take_captures()) {
            EXPECT_FALSE(fs::exists(file.parent_path() / "outcome.json"));
            EXPECT_TRUE(capture->complete);
            EXPECT_EQ(capture->curves.at(0)->status, "done");
            EXPECT_THAT(capture->command, testing::StartsWith("gatescope experiment concentration"));
            due.push_back(fs::relative(file, folder).string());
        }
    }
    EXPECT_THAT(due, testing::ElementsAre("dense-seed-0/run.h5", "dense-seed-1/run.h5"));
}

}  // namespace
}  // namespace gatescope
