// Folders of training runs: what is there under its name is whole, whatever happens.
#include "app/engine/runs/run_folder.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <csignal>
#include <fstream>
#include <limits>
#include <stdexcept>

#include "app/engine/runs/run_log.h"
#include "model/core/error.h"
#include "model/core/output_file.h"
#include "tests/support/full_disk.h"
#include "tests/support/temporary_folder.h"

namespace gatescope {
namespace {

namespace fs = std::filesystem;

TrainPlan plan_of(std::int64_t keep = 0) {
    Recipe recipe = default_recipe();
    recipe.name = "a run";
    TrainPlan plan = train_plans(recipe).front();
    plan.keep_checkpoints = keep;
    return plan;
}

void put(const fs::path& file, const std::string& text) {
    std::ofstream(file, std::ios::binary) << text;
}

std::string text_of(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

class RunFolders : public testing::Test {
  protected:
    RunFolder create(std::int64_t keep = 0, bool overwrite = false) const {
        return RunFolder::create(path_, plan_of(keep), overwrite);
    }
    static void checkpoint(RunFolder& run, std::int64_t step, const std::string& text = "weights") {
        run.write_checkpoint(step, [&](const fs::path& scratch) { put(scratch / "model.safetensors", text); });
    }
    std::vector<std::int64_t> steps() const {
        std::vector<std::int64_t> out;
        for (const RunCheckpoint& one : checkpoints_of_run(path_)) out.push_back(one.step);
        return out;
    }
    template <typename Work>
    static std::string refusal(Work work) {
        try {
            work();
        } catch (const Failure& failure) {
            return failure.fault();
        }
        return "done";
    }

    TemporaryFolder folder_;
    fs::path path_ = folder_ / "runs/one";
};

// Arms and seeds are put together by it.
TEST_F(RunFolders, KnowWhereAmongTheRunsOfTheirRecipeTheyLie) {
    Recipe recipe = default_recipe();
    const auto read_back = [&] {
        std::vector<std::string> planned, found;
        for (const TrainPlan& plan : train_plans(recipe)) {
            const fs::path folder = plan.folder.empty() ? path_ : path_ / plan.folder;
            (void)RunFolder::create(folder, plan, false);
            planned.push_back(plan.folder);
            found.push_back(plan_of_run(folder).folder);
        }
        EXPECT_EQ(planned, found);
        fs::remove_all(path_);
    };
    read_back();
    recipe.seeds = {0, 3};
    read_back();
    recipe.arms = {{"dense", {}}, {"soft", {{"gate.gate", std::string("soft-learned")}}}};
    read_back();
    recipe.seeds = {3};
    read_back();
}

TEST_F(RunFolders, AreMadeWithTheFoldersAboveThemAndTheRecipeInThem) {
    const RunFolder run = create();
    EXPECT_TRUE(is_run_folder(path_));
    const TrainPlan plan = plan_of_run(path_);
    EXPECT_EQ(plan.name, "a run");
    EXPECT_EQ(plan.steps, run.plan().steps);
    EXPECT_TRUE(steps().empty());
    EXPECT_EQ(log_of_run(path_), nullptr);
}

TEST_F(RunFolders, AreReplacedOnlyWhereThatIsAllowed) {
    {
        RunFolder run = create();
        checkpoint(run, 10);
        run.write_log({});
        put(capture_of_run(path_), "capture");
    }
    put(path_ / "notes.txt", "mine");
    EXPECT_EQ(refusal([&] { create(); }), "holds a run already");
    EXPECT_EQ(steps(), (std::vector<std::int64_t>{10}));
    create(0, true);
    EXPECT_TRUE(steps().empty());
    EXPECT_FALSE(fs::exists(path_ / "log.csv"));
    EXPECT_FALSE(fs::exists(capture_of_run(path_)));
    EXPECT_EQ(text_of(path_ / "notes.txt"), "mine");
}

TEST_F(RunFolders, NeverTakeTheFolderOfSomethingElse) {
    fs::create_directories(path_);
    put(path_ / "notes.txt", "mine");
    EXPECT_EQ(refusal([&] { create(0, true); }), "holds other things than a run");
    EXPECT_EQ(refusal([&] { check_run_target(path_ / "notes.txt", true); }), "is not a folder");
    EXPECT_EQ(refusal([&] { check_run_target(path_ / "notes.txt/below", true); }), "is not a folder");
    EXPECT_EQ(refusal([&] { check_run_target("", true); }), "no folder is named");
    EXPECT_EQ(refusal([&] { check_run_target(path_ / "new/er", true); }), "done");
    EXPECT_FALSE(fs::exists(path_ / "new"));
}

TEST_F(RunFolders, AreHeldByOneAtATime) {
    {
        const RunFolder run = create();
        EXPECT_EQ(refusal([&] { RunFolder::open(path_); }), "the run is being trained by another window or program");
        EXPECT_EQ(refusal([&] { create(0, true); }), "the run is being trained by another window or program");
    }
    EXPECT_EQ(refusal([&] { RunFolder::open(path_); }), "done");
}

TEST_F(RunFolders, AreFreeOnceWhoHeldThemWasKilled) {
    create();
    int ready[2];
    ASSERT_EQ(pipe(ready), 0);
    const pid_t child = fork();
    if (child == 0) {
        const RunFolder held = RunFolder::open(path_);
        (void)!write(ready[1], "x", 1);
        for (;;) pause();
    }
    char sign = 0;
    ASSERT_EQ(read(ready[0], &sign, 1), 1);
    EXPECT_NE(refusal([&] { RunFolder::open(path_); }), "done");
    kill(child, SIGKILL);
    ASSERT_EQ(waitpid(child, nullptr, 0), child);
    EXPECT_EQ(refusal([&] { RunFolder::open(path_); }), "done");
}

TEST_F(RunFolders, KeepCheckpointsInTheOrderOfTheirSteps) {
    RunFolder run = create();
    for (const std::int64_t step : {9, 10, 100}) checkpoint(run, step);
    EXPECT_EQ(steps(), (std::vector<std::int64_t>{9, 10, 100}));
    EXPECT_EQ(text_of(fs::path(run.checkpoints().back().path) / "model.safetensors"), "weights");
}

TEST_F(RunFolders, DropTheOldestCheckpointsButTheFirst) {
    RunFolder run = create(3);
    for (const std::int64_t step : {0, 10, 20, 30, 40}) checkpoint(run, step);
    EXPECT_EQ(steps(), (std::vector<std::int64_t>{0, 30, 40}));
}

TEST_F(RunFolders, KeepTheLastCheckpointWhereOneIsKept) {
    RunFolder run = create(1);
    for (const std::int64_t step : {0, 10, 20}) checkpoint(run, step);
    EXPECT_EQ(steps(), (std::vector<std::int64_t>{20}));
}

TEST_F(RunFolders, ReplaceACheckpointOfTheSameStep) {
    RunFolder run = create();
    checkpoint(run, 10, "old");
    checkpoint(run, 10, "new");
    EXPECT_EQ(steps(), (std::vector<std::int64_t>{10}));
    EXPECT_EQ(text_of(path_ / "checkpoint-10/model.safetensors"), "new");
    EXPECT_FALSE(fs::exists(path_ / "checkpoint-10.partial"));
}

TEST_F(RunFolders, LeaveNoHalfOfACheckpointThatFails) {
    RunFolder run = create(1);
    checkpoint(run, 10, "old");
    const auto fail = [](const fs::path& scratch) {
        put(scratch / "model.safetensors", "half");
        throw std::runtime_error("no");
    };
    EXPECT_THROW(run.write_checkpoint(20, fail), std::runtime_error);
    EXPECT_THROW(run.write_checkpoint(10, fail), std::runtime_error);
    EXPECT_EQ(steps(), (std::vector<std::int64_t>{10}));
    EXPECT_EQ(text_of(path_ / "checkpoint-10/model.safetensors"), "old");
    EXPECT_FALSE(fs::exists(path_ / "checkpoint-20.partial"));
}

TEST_F(RunFolders, GoOnAfterAFullDiskWithAllThatWasThere) {
    RunFolder run = create(1);
    TrainCurve curve;
    curve.step = {10};
    curve.series["loss"] = {1.5};
    run.write_log(curve);
    checkpoint(run, 10);
    const auto fill = [](const fs::path& scratch) {
        write_output_file(scratch / "model.safetensors", std::string(5000, 'x'), false);
    };
    {
        const FullDisk full(1000);
        EXPECT_NE(refusal([&] { run.write_checkpoint(20, fill); }).find("can't be written: "), std::string::npos);
        curve.step.resize(500);
        curve.series["loss"].resize(500);
        EXPECT_NE(refusal([&] { run.write_log(curve); }).find("can't be written: "), std::string::npos);
    }
    EXPECT_EQ(steps(), (std::vector<std::int64_t>{10}));
    EXPECT_EQ(log_of_run(path_)->step, (std::vector<std::int64_t>{10}));
    run.write_checkpoint(20, fill);
    EXPECT_EQ(steps(), (std::vector<std::int64_t>{20}));
}

TEST_F(RunFolders, AreCleanedOfWhatAKilledProcessLeft) {
    create();
    for (const char* left : {"checkpoint-30.partial", "checkpoint-20.old.partial"}) {
        fs::create_directories(path_ / left);
        put(path_ / left / "model.safetensors", "half");
    }
    put(path_ / "log.csv.partial", "step");
    EXPECT_TRUE(steps().empty());
    RunFolder::open(path_);
    EXPECT_FALSE(fs::exists(path_ / "checkpoint-30.partial"));
    EXPECT_FALSE(fs::exists(path_ / "checkpoint-20.old.partial"));
    EXPECT_FALSE(fs::exists(path_ / "log.csv.partial"));
}

// Of a file system that can't exchange names, killed in between.
TEST_F(RunFolders, GetBackACheckpointThatWasAboutToBeReplaced) {
    create();
    for (const char* left :
         {"checkpoint-20.partial", "checkpoint-20.swapped.partial", "checkpoint-30", "checkpoint-30.swapped.partial"}) {
        fs::create_directories(path_ / left);
        put(path_ / left / "model.safetensors", left);
    }
    RunFolder::open(path_);
    EXPECT_EQ(steps(), (std::vector<std::int64_t>{20, 30}));
    EXPECT_EQ(text_of(path_ / "checkpoint-20/model.safetensors"), "checkpoint-20.swapped.partial");
    EXPECT_EQ(text_of(path_ / "checkpoint-30/model.safetensors"), "checkpoint-30");
    for (const auto& entry : fs::directory_iterator(path_)) EXPECT_NE(entry.path().extension(), ".partial");
}

TEST_F(RunFolders, TakeForCheckpointsOnlyWhatIsCalledLikeOne) {
    RunFolder run = create();
    for (const char* name : {"checkpoint-", "checkpoint-1x", "checkpoint--1", "checkpoint-01", "other-1"})
        fs::create_directories(path_ / name);
    put(path_ / "checkpoint-7", "a file");
    EXPECT_TRUE(steps().empty());
}

TEST_F(RunFolders, BringTheirLogBackToTheBit) {
    RunFolder run = create();
    TrainCurve curve;
    curve.step = {0, 50};
    curve.series["loss"] = {8.317766166719343, 1.0 / 3};
    curve.series["layer_0.f1"] = {std::numeric_limits<double>::quiet_NaN(), 5e-324};
    run.write_log(curve);
    EXPECT_TRUE(text_of(path_ / "log.csv").starts_with("step,layer_0.f1,loss\n0,nan,8.317766166719343\n"));
    const auto back = log_of_run(path_);
    EXPECT_EQ(back->step, curve.step);
    EXPECT_EQ(back->series.at("loss"), curve.series["loss"]);
    EXPECT_TRUE(std::isnan(back->series.at("layer_0.f1")[0]));
    EXPECT_EQ(back->series.at("layer_0.f1")[1], 5e-324);
    EXPECT_EQ(back->name, "a run");
}

TEST(RunLog, NamesTheRowThatIsWrong) {
    const auto refusal = [](const std::string& text) {
        try {
            (void)parse_log(text, "log.csv");
        } catch (const Failure& failure) {
            return std::string(failure.what());
        }
        return std::string("read");
    };
    EXPECT_EQ(refusal("steps,loss\n"), "log.csv: row 1 doesn't begin with \"step\"");
    EXPECT_EQ(refusal("step,loss,loss\n"), "log.csv: row 1 names a column twice");
    EXPECT_EQ(refusal("step,loss\n1\n"), "log.csv: row 2 has 1 values for 2 columns");
    EXPECT_EQ(refusal("step,loss\n1,2\n-1,2\n"), "log.csv: row 3 begins with no step");
    EXPECT_EQ(refusal("step,loss\n1,2 \n"), "log.csv: row 2 holds \"2 \"");
    EXPECT_EQ(refusal("step,loss\n"), "read");
}

TEST_F(RunFolders, AreFoundInTheFolderOfTheirRecipe) {
    for (const char* name : {"soft-seed-10", "soft-seed-9", "dense"})
        (void)RunFolder::create(folder_ / "many" / name, plan_of(), false);
    fs::create_directories(folder_ / "many/other");
    const auto found = run_folders_in(folder_ / "many");
    ASSERT_EQ(found.size(), 3U);
    EXPECT_EQ(found[1].filename(), "soft-seed-9");
    EXPECT_EQ(run_folders_in(found[0]), std::vector{found[0]});
    EXPECT_TRUE(run_folders_in(folder_ / "nowhere").empty());
}

TEST_F(RunFolders, StandForTheModelOfTheirLastCheckpoint) {
    RunFolder run = create();
    EXPECT_EQ(refusal([&] { model_of_run(path_); }), "is a run without a checkpoint");
    checkpoint(run, 5);
    checkpoint(run, 20);
    EXPECT_EQ(model_of_run(path_), path_ / "checkpoint-20");
    EXPECT_EQ(model_of_run(path_.parent_path()), path_ / "checkpoint-20");
    EXPECT_EQ(model_of_run(path_ / "checkpoint-5"), path_ / "checkpoint-5");
    EXPECT_EQ(model_name_of(path_ / "checkpoint-5/"), "one checkpoint-5");
    EXPECT_EQ(model_name_of(path_), "one");
    EXPECT_EQ(model_name_of("/data/checkpoint-5"), "checkpoint-5");
}

TEST_F(RunFolders, AreListedWhereAModelIsAskedForAndThereAreSeveral) {
    for (const char* name : {"soft", "dense"}) (void)RunFolder::create(folder_ / "many" / name, plan_of(), false);
    try {
        (void)model_of_run(folder_ / "many");
        FAIL() << "taken";
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.fault(), "holds 2 runs");
        EXPECT_EQ(failure.hint(), "name one of them: dense, soft");
    }
}

TEST_F(RunFolders, LeaveOtherModelsAlone) {
    fs::create_directories(folder_ / "hf");
    put(folder_ / "hf/config.json", "{}");
    put(folder_ / "hf/recipe.json", "{}");
    EXPECT_FALSE(is_run_folder(folder_ / "hf"));
    EXPECT_EQ(model_of_run(folder_ / "hf"), folder_ / "hf");
    EXPECT_EQ(model_of_run(folder_ / "none.gguf"), folder_ / "none.gguf");
}

}  // namespace
}  // namespace gatescope
