// Runs with their folders: killed, cut off on a full disk, resumed, read back.
#include "app/engine/runs/training_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <random>

#include "analysis/measurement.h"
#include "analysis/training/recipe.h"
#include "app/engine/runs/run_folder.h"
#include "model/core/error.h"
#include "model/families/scratch.h"
#include "tests/support/learnable_text.h"
#include "tests/support/temporary_folder.h"

namespace gatescope {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const DeviceWish kCpu{.device = "cpu"};
constexpr char kChild[] = "train-until-killed";

// A folder with a text and a token cache.
class Place {
  public:
    Place() {
        ::setenv("XDG_CACHE_HOME", (own_ / "cache").c_str(), 1);
        std::ofstream(own_ / "text.txt") << learnable_text(2, 10);
    }
    fs::path operator/(const std::string& name) const { return own_ / name; }

  private:
    TemporaryFolder own_;
};

TrainPlan plan_on(const fs::path& text, const std::vector<std::pair<std::string, ParamValue>>& changes = {}) {
    Recipe recipe = default_recipe();
    recipe.name = "small";
    const auto whole = [](std::int64_t value) { return ParamValue(value); };
    recipe.values["model.n_layers"] = whole(2);
    recipe.values["model.d_model"] = whole(16);
    recipe.values["model.n_heads"] = whole(2);
    recipe.values["data.text"] = text.string();
    recipe.values["data.vocabulary"] = whole(270);
    recipe.values["data.held_out_share"] = 0.2;
    recipe.values["gate.gate"] = std::string("soft-learned");
    recipe.values["gate.dim"] = whole(4);
    recipe.values["train.window"] = whole(24);
    recipe.values["train.batch"] = whole(2);
    recipe.values["train.accumulation"] = whole(2);
    recipe.values["train.steps"] = whole(7);
    recipe.values["train.warmup"] = whole(2);
    recipe.values["train.threads"] = whole(2);
    recipe.values["report.every"] = whole(3);
    recipe.values["report.held_out_windows"] = whole(2);
    recipe.values["report.checkpoint_every"] = whole(2);
    for (const auto& [field, value] : changes) recipe.values[field] = value;
    return train_plans(recipe).at(0);
}

void finish(TrainingRun& run, JobContext& job) {
    while (run.step(job)) {
    }
}

std::string bytes_of(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    EXPECT_TRUE(in.good()) << file;
    return {std::istreambuf_iterator<char>(in), {}};
}

// trainer.json but for time.
nlohmann::json notes_of(const fs::path& checkpoint) {
    nlohmann::json out = nlohmann::json::parse(bytes_of(checkpoint / "trainer.json"));
    out.erase("seconds");
    return out;
}

void expect_equal_runs(const fs::path& a, const fs::path& b) {
    EXPECT_EQ(bytes_of(a / "log.csv"), bytes_of(b / "log.csv"));
    const fs::path last = "checkpoint-7";
    for (const char* file : {"model.safetensors", "trainer.safetensors", "gate.safetensors", "tokenizer.json"})
        EXPECT_TRUE(bytes_of(a / last / file) == bytes_of(b / last / file)) << file;
    EXPECT_EQ(notes_of(a / last), notes_of(b / last));
}

// Starts a run, or goes on with it.
std::unique_ptr<TrainingRun> run_in(const fs::path& folder, JobContext& job) {
    if (is_run_folder(folder)) return TrainingRun::resume(folder, kCpu, job);
    return TrainingRun::start(plan_on(folder.parent_path() / "text.txt"), folder, false, kCpu, job);
}

bool checkpoint_is_half_written(const fs::path& folder) {
    for (const auto& entry : fs::directory_iterator(folder))
        if (entry.path().extension() == ".partial" && entry.is_directory() && !fs::is_empty(entry)) return true;
    return false;
}

// The child: trains up to the tick of that number (of those where a checkpoint is half written); then it is no more.
int train_until_killed(const fs::path& folder, int number, bool in_checkpoint) {
    JobContext job;
    const auto run = run_in(folder, job);
    job.set_tick_service([&] {
        if ((!in_checkpoint || checkpoint_is_half_written(folder)) && --number <= 0) (void)::raise(SIGKILL);
    });
    finish(*run, job);
    return 0;
}

// True where the child was killed before it came to its end.
bool killed(const fs::path& folder, int number, bool in_checkpoint) {
    const std::string count = std::to_string(number), where = in_checkpoint ? "checkpoint" : "anywhere";
    const std::array<const char*, 6> arguments{"training_run_test", kChild,        folder.c_str(),
                                               count.c_str(),       where.c_str(), nullptr};
    pid_t child = 0;
    if (::posix_spawn(&child, "/proc/self/exe", nullptr, nullptr, const_cast<char**>(arguments.data()), environ) != 0)
        return false;
    int status = 0;
    return ::waitpid(child, &status, 0) == child && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

int ticks_of_whole_run(const Place& place) {
    JobContext job;
    int ticks = 0;
    const auto run = run_in(place / "whole", job);
    job.set_tick_service([&] { ++ticks; });
    finish(*run, job);
    EXPECT_EQ(run->view()->status, "done");
    return ticks;
}

void expect_it_ends_as_the_whole_one(const Place& place, const std::string& name) {
    JobContext job;
    const auto run = run_in(place / name, job);
    finish(*run, job);
    EXPECT_EQ(run->view()->status, "done");
    EXPECT_TRUE(run->view()->warnings.empty());
    expect_equal_runs(place / "whole", place / name);
}

TEST(TrainingRun, KilledAtARandomMomentItGoesOnToTheBit) {
    const Place place;
    const int ticks = ticks_of_whole_run(place);
    ASSERT_GT(ticks, 40);
    const auto seed = std::random_device{}();
    std::mt19937 random(seed);
    SCOPED_TRACE("seed " + std::to_string(seed));
    for (int part = 0; part < 3; ++part) {
        const int tick = ticks * part / 3 + 1 + static_cast<int>(random() % static_cast<unsigned>(ticks / 3));
        SCOPED_TRACE("tick " + std::to_string(tick));
        const std::string name = "killed-" + std::to_string(part);
        ASSERT_TRUE(killed(place / name, tick, false));
        expect_it_ends_as_the_whole_one(place, name);
    }
}

TEST(TrainingRun, KilledAgainAndAgainItComesToTheSameEnd) {
    const Place place;
    const int ticks = ticks_of_whole_run(place);
    int times = 0;
    while (times < 20 && killed(place / "killed", ticks / 3, false)) ++times;
    EXPECT_GE(times, 2);
    EXPECT_LT(times, 20);
    expect_it_ends_as_the_whole_one(place, "killed");
}

TEST(TrainingRun, KilledWhileACheckpointIsWrittenItGoesOnFromTheOneBefore) {
    const Place place;
    (void)ticks_of_whole_run(place);
    for (const int checkpoint_tick : {1, 4}) {  // of the first checkpoint, of which nothing is there; of a later one
        const std::string name = "killed-" + std::to_string(checkpoint_tick);
        ASSERT_TRUE(killed(place / name, checkpoint_tick, true));
        EXPECT_TRUE(checkpoint_is_half_written(place / name));
        expect_it_ends_as_the_whole_one(place, name);
        EXPECT_FALSE(checkpoint_is_half_written(place / name));
    }
}

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

// A limit on the size of files fails writes as a full disk does.
class FullDisk {
  public:
    FullDisk() : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
        EXPECT_EQ(::getrlimit(RLIMIT_FSIZE, &before_), 0);
        rlimit small = before_;
        small.rlim_cur = 16384;
        EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
    }
    ~FullDisk() {
        EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &before_), 0);
        (void)std::signal(SIGXFSZ, handler_);
    }
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;

  private:
    rlimit before_{};
    void (*handler_)(int);
};

TEST(TrainingRun, AFullDiskStopsItWhereItIsAndItGoesOnOnceThereIsRoom) {
    const Place place;
    (void)ticks_of_whole_run(place);
    JobContext job;
    const auto run = run_in(place / "run", job);
    int failures = 0;
    for (bool more = true; more;) {
        try {
            const FullDisk full;
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

int main(int argc, char** argv) {
    if (argc == 5 && std::string(argv[1]) == gatescope::kChild)
        return gatescope::train_until_killed(argv[2], std::stoi(argv[3]), std::string(argv[4]) == "checkpoint");
    testing::InitGoogleMock(&argc, argv);
    return RUN_ALL_TESTS();
}
