// Runs with their folders: cut off on a full disk, resumed, read back.
#include "app/engine/runs/training_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "analysis/measurement.h"
#include "app/engine/runs/recipe_folder.h"
#include "model/core/error.h"
#include "model/families/scratch.h"
#include "tests/app/engine/runs/run_fixture.h"
#include "tests/support/full_disk.h"

namespace gatescope {
namespace {

using testing::HasSubstr;

TEST(TrainingRun, CutOffInTheMiddleOfAStepAndGoneOnWithInMemoryItIsTheSame) {
    const Place place;
    (void)ticks_of_whole_run(place);
    JobContext job;
    const auto run = run_in(place / "paused", job);
    for (int piece = 0; run->step(job); ++piece)
        if (piece % 5 == 3) run->write_checkpoint(job);
    expect_equal_runs(place / "whole", place / "paused");
    EXPECT_GT(checkpoints_of_run(place / "paused").size(), checkpoints_of_run(place / "whole").size());
}

TEST(TrainingRun, AFullDiskStopsItWhereItIsAndItGoesOnOnceThereIsRoom) {
    const Place place;
    (void)ticks_of_whole_run(place);
    JobContext job;
    const auto run = run_in(place / "run", job);
    int failures = 0;
    for (bool more = true; more;) {
        try {
            const FullDisk full(16384);
            more = run->step(job);
            continue;
        } catch (const Failure& failure) {
            EXPECT_EQ(failure.kind(), FailureKind::kOutput) << failure.what();
            ++failures;
        }
        const auto before = run->view();
        more = run->step(job);
        EXPECT_EQ(run->view()->step, before->step);
        EXPECT_EQ(run->view()->checkpoints.size(), before->checkpoints.size() + 1);
    }
    EXPECT_EQ(failures, 5);
    expect_equal_runs(place / "whole", place / "run");
}

TEST(TrainingRun, WhatIsThereIsWhatWasPlanned) {
    const Place place;
    (void)ticks_of_whole_run(place);
    const auto view = view_of_folder(place / "whole");
    EXPECT_EQ(view->status, "done");
    EXPECT_EQ(view->step, 7);
    EXPECT_EQ(view->curve->step, (std::vector<std::int64_t>{0, 3, 6, 7}));
    EXPECT_GT(view->unigram_perplexity, 1);
    EXPECT_EQ(view->tokens, 7 * 2 * 2 * 24);
    EXPECT_GT(view->flops, 0);
    std::vector<std::int64_t> steps;
    for (const RunCheckpoint& checkpoint : view->checkpoints) steps.push_back(checkpoint.step);
    EXPECT_EQ(steps, (std::vector<std::int64_t>{0, 2, 4, 6, 7}));
}

TEST(TrainingRun, ItsResultHoldsTheCurveAndIsWholeAtTheEnd) {
    const Place place;
    JobContext job;
    const auto run = run_in(place / "run", job);
    EXPECT_EQ(run->result(), nullptr);
    while (!run->result()) ASSERT_TRUE(run->step(job));
    EXPECT_FALSE(run->result()->complete);
    finish(*run, job);
    const auto result = run->result();
    EXPECT_TRUE(result->complete);
    EXPECT_EQ(result->curves.at(0)->step.back(), 7);
    EXPECT_EQ(result->dense.token_nll.size(), result->text->windows.size());
    EXPECT_DOUBLE_EQ(result->dense.estimate.perplexity, result->curves.at(0)->series.at("perplexity_dense").back());
}

TEST(TrainingRun, ResumedAndStoppedBeforeItsNextReportItStillHasTheLossesOfTheLastOne) {
    const Place place;
    JobContext job;
    std::vector<std::vector<float>> losses;
    {
        const auto run = run_in(place / "run", job);
        while (run->view()->checkpoints.size() < 3) ASSERT_TRUE(run->step(job));
        losses = run->result()->dense.token_nll;
    }
    ASSERT_EQ(losses.size(), 2U);
    const auto result = run_in(place / "run", job)->result();
    ASSERT_NE(result, nullptr);
    EXPECT_EQ(result->windows_done, 2);
    for (std::size_t window = 0; window < losses.size(); ++window)
        EXPECT_THAT(result->dense.token_nll.at(window),
                    testing::Pointwise(testing::NanSensitiveFloatEq(), losses[window]));
    EXPECT_FALSE(std::isnan(result->dense.estimate.perplexity));
}

// A toggle ends a piece at any tick.
TEST(TrainingRun, CancelledAtAnyTickOfACheckpointItsResultNamesTheNewestOne) {
    const Place place;
    JobContext job;
    const auto run = run_in(place / "run", job);
    while (run->view()->checkpoints.empty()) ASSERT_TRUE(run->step(job));
    int cancelled = 0;
    const auto cut_off_at = [&](int number) {
        JobContext given_up;
        given_up.set_tick_service([&] {
            if (--number == 0) given_up.cancel();
        });
        try {
            return run->step(given_up) ? "more" : "done";
        } catch (const Cancelled&) {
            ++cancelled;
        }
        return "cancelled";
    };
    std::string outcome;
    for (int number = 1; outcome != "done"; number = outcome == "more" ? 1 : number + 1) {
        outcome = cut_off_at(number);
        EXPECT_EQ(run->result()->model->name, model_name_of(run->view()->checkpoints.back().path));
    }
    EXPECT_GT(cancelled, 50);
}

TEST(TrainingRun, RunsOfAnotherRecipeBelowTheSameFolderAreRefused) {
    const Place place;
    Recipe recipe = plan_on(place / "text.txt").recipe;
    recipe.seeds = {0, 1};
    const fs::path folder = place / "runs";
    check_targets(placed_runs(recipe, folder), folder, false);
    fs::create_directories(folder);
    write_recipe_of_runs(recipe, folder);
    recipe.seeds = {2, 3};
    try {
        check_targets(placed_runs(recipe, folder), folder, false);
        FAIL() << "accepted";
    } catch (const Failure& failure) {
        EXPECT_THAT(failure.what(), HasSubstr("the runs of another recipe"));
    }
    EXPECT_NO_THROW(check_targets(placed_runs(recipe, folder), folder, true));
}

// The gate that a checkpoint carries, on the model that it carries, as the command line would measure them.
TEST(TrainingRun, AnAnalysisOfACheckpointAgreesWithTheReport) {
    const Place place;
    JobContext job;
    const auto run = run_in(place / "run", job);
    finish(*run, job);
    const auto view = run->view();
    const fs::path last = view->checkpoints.back().path;
    const auto model = open_model(last.string(), true, true, {.device = "cpu", .window_length = 24}, job);
    const GateSpec gate = parse_gate("soft-learned:file=\"" + (last / "gate.safetensors").string() + "\"");
    RunRequest request;
    request.window_length = 24;
    request.windows = 0;
    request.gates = check_gate_files({gate}, *model, job);
    const auto measured = measure(*model->transformer, request, model->summary, run->result()->text, job);
    EXPECT_DOUBLE_EQ(measured->dense.estimate.perplexity, view->curve->series.at("perplexity_dense").back());
    EXPECT_DOUBLE_EQ(measured->gates.at(0).perplexity.estimate.perplexity, view->curve->series.at("perplexity").back());
}

TEST(TrainingRun, AnotherNumberOfThreadsIsWarnedOf) {
    const Place place;
    JobContext job;
    const fs::path folder = place / "run";
    {
        const auto run = TrainingRun::start(plan_on(place / "text.txt", {{"train.threads", std::int64_t{0}}}), folder,
                                            false, {.device = "cpu", .threads = 1}, job);
        while (run->view()->checkpoints.empty()) ASSERT_TRUE(run->step(job));
    }
    EXPECT_TRUE(TrainingRun::resume(folder, {.device = "cpu", .threads = 1}, job)->view()->warnings.empty());
    EXPECT_THAT(TrainingRun::resume(folder, {.device = "cpu", .threads = 2}, job)->view()->warnings,
                testing::ElementsAre(HasSubstr("1 threads, and goes on with 2")));
}

TEST(TrainingRun, WhereNobodyNamesThreadsItGoesOnWithAsManyAsTrainedIt) {
    const Place place;
    JobContext job;
    const fs::path folder = place / "run";
    {
        const auto run = TrainingRun::start(plan_on(place / "text.txt", {{"train.threads", std::int64_t{0}}}), folder,
                                            false, {.device = "cpu", .threads = 3}, job);
        while (run->view()->checkpoints.empty()) ASSERT_TRUE(run->step(job));
    }
    EXPECT_TRUE(TrainingRun::resume(folder, {.device = "cpu"}, job)->view()->warnings.empty());
    EXPECT_THAT(TrainingRun::resume(folder, {.device = "cpu", .threads = 2}, job)->view()->warnings,
                testing::ElementsAre(HasSubstr("3 threads")));
}

TEST(TrainingRun, OnTextsThatAreOthersNowItDoesNotGoOn) {
    const Place place;
    JobContext job;
    const fs::path folder = place / "run";
    {
        const auto run = TrainingRun::start(plan_on(place / "text.txt"), folder, false, kCpu, job);
        while (run->view()->checkpoints.empty()) ASSERT_TRUE(run->step(job));
    }
    const std::string text = bytes_of(place / "text.txt");
    std::ofstream(place / "text.txt", std::ios::app) << "\n\n\none more";
    try {
        (void)TrainingRun::resume(folder, kCpu, job);
        FAIL() << "went on";
    } catch (const Failure& failure) {
        EXPECT_THAT(failure.what(), HasSubstr("other texts"));
    }
    std::ofstream(place / "text.txt") << text;
    EXPECT_NO_THROW(TrainingRun::resume(folder, kCpu, job));
}

TEST(TrainingRun, WhatIsRefusedLeavesNoFolder) {
    const Place place;
    JobContext job;
    const auto refusal = [&](const TrainPlan& plan) {
        try {
            (void)TrainingRun::start(plan, place / "refused", false, kCpu, job);
        } catch (const Failure& failure) {
            EXPECT_FALSE(fs::exists(place / "refused"));
            return std::string(failure.what());
        }
        return std::string("accepted");
    };
    TrainPlan plan = plan_on(place / "text.txt");
    plan.texts = {(place / "nothing.txt").string()};
    EXPECT_THAT(refusal(plan), HasSubstr("nothing.txt"));
    plan = plan_on(place / "text.txt");
    plan.gate = "oracle:k=4@9";
    EXPECT_THAT(refusal(plan), HasSubstr("gate.gate"));
    plan = plan_on(place / "text.txt");
    plan.batch = 4000;
    EXPECT_THAT(refusal(plan), HasSubstr("data.text"));
    plan = plan_on(place / "text.txt");
    plan.layers = IndexSet({5});
    EXPECT_THAT(refusal(plan), HasSubstr("layers"));
}

// A checkpoint keeps every bit of every family, also of those whose files hold gains less 1.
TEST(TrainingRun, EveryFamilyFromScratchGoesOnToTheBit) {
    const Place place;
    for (const std::string& family : scratch_families()) {
        SCOPED_TRACE(family);
        JobContext job;
        const auto plan = plan_on(place / "text.txt", {{"model.family", family},
                                                       {"gate.gate", std::string("oracle:k=4")},
                                                       {"train.accumulation", std::int64_t{1}},
                                                       {"train.learning_rate", 0.01},
                                                       {"report.checkpoint_every", std::int64_t{3}}});
        const auto whole = TrainingRun::start(plan, place / (family + "-whole"), false, kCpu, job);
        finish(*whole, job);
        {
            const auto cut = TrainingRun::start(plan, place / (family + "-cut"), false, kCpu, job);
            while (cut->view()->step < 5) ASSERT_TRUE(cut->step(job));
        }
        const auto resumed = TrainingRun::resume(place / (family + "-cut"), kCpu, job);
        EXPECT_EQ(resumed->view()->step, 3);
        finish(*resumed, job);
        for (const char* file : {"log.csv", "checkpoint-7/model.safetensors", "checkpoint-7/trainer.safetensors"})
            EXPECT_TRUE(bytes_of(place / (family + "-whole/" + file)) == bytes_of(place / (family + "-cut/" + file)))
                << file;
        EXPECT_LT(whole->view()->curve->series.at("perplexity").back(),
                  whole->view()->curve->series.at("perplexity").front());
    }
}

TEST(TrainingRun, ARunOnACheckpointTrainsThatModelUnderItsNames) {
    const Place place;
    JobContext job;
    {
        const auto first = run_in(place / "whole", job);
        finish(*first, job);
    }
    const auto plan = plan_on(place / "text.txt", {{"model.from", std::string("checkpoint")},
                                                   {"model.checkpoint", (place / "whole/checkpoint-7").string()},
                                                   {"gate.gate", std::string("oracle:k=4")},
                                                   {"train.parts", std::string("queries\nkeys")},
                                                   {"train.layers", std::string("1")}});
    const auto run = TrainingRun::start(plan, place / "tuned", false, kCpu, job);
    finish(*run, job);
    const auto first = run->view()->curve->series.at("perplexity_dense").front();
    EXPECT_DOUBLE_EQ(first, view_of_folder(place / "whole")->curve->series.at("perplexity_dense").back());
    EXPECT_FALSE(bytes_of(place / "tuned/checkpoint-7/model.safetensors") ==
                 bytes_of(place / "whole/checkpoint-7/model.safetensors"));
    EXPECT_EQ(bytes_of(place / "tuned/checkpoint-0/model.safetensors"),
              bytes_of(place / "whole/checkpoint-7/model.safetensors"));
}

}  // namespace
}  // namespace gatescope
