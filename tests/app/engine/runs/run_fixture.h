#pragma once
// Runs of a few thousand parameters in a folder of a test's own.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "analysis/training/recipe.h"
#include "app/engine/runs/run_folder.h"
#include "app/engine/runs/training_run.h"
#include "tests/support/learnable_text.h"
#include "tests/support/temporary_folder.h"

namespace gatescope {

namespace fs = std::filesystem;

inline const DeviceWish kCpu{.device = "cpu"};

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

inline TrainPlan plan_on(const fs::path& text, const std::vector<std::pair<std::string, ParamValue>>& changes = {}) {
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

inline void finish(TrainingRun& run, JobContext& job) {
    while (run.step(job)) {
    }
}

inline std::string bytes_of(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    EXPECT_TRUE(in.good()) << file;
    return {std::istreambuf_iterator<char>(in), {}};
}

// trainer.json but for time.
inline nlohmann::json notes_of(const fs::path& checkpoint) {
    nlohmann::json out = nlohmann::json::parse(bytes_of(checkpoint / "trainer.json"));
    out.erase("seconds");
    return out;
}

inline void expect_equal_runs(const fs::path& a, const fs::path& b, const fs::path& last = "checkpoint-7") {
    EXPECT_EQ(bytes_of(a / "log.csv"), bytes_of(b / "log.csv"));
    for (const char* file : {"model.safetensors", "trainer.safetensors", "gate.safetensors", "tokenizer.json"}) {
        if (!fs::exists(a / last / file) && !fs::exists(b / last / file)) continue;
        EXPECT_TRUE(bytes_of(a / last / file) == bytes_of(b / last / file)) << file;
    }
    EXPECT_EQ(notes_of(a / last), notes_of(b / last));
}

// Starts a run, or goes on with it.
inline std::unique_ptr<TrainingRun> run_in(const fs::path& folder, JobContext& job) {
    if (is_run_folder(folder)) return TrainingRun::resume(folder, kCpu, job);
    return TrainingRun::start(plan_on(folder.parent_path() / "text.txt"), folder, false, kCpu, job);
}

inline int ticks_of_whole_run(const Place& place) {
    JobContext job;
    int ticks = 0;
    const auto run = run_in(place / "whole", job);
    job.set_tick_service([&] { ++ticks; });
    finish(*run, job);
    EXPECT_EQ(run->view()->status, "done");
    return ticks;
}

inline void expect_it_ends_as_the_whole_one(const Place& place, const std::string& name) {
    JobContext job;
    const auto run = run_in(place / name, job);
    finish(*run, job);
    EXPECT_EQ(run->view()->status, "done");
    EXPECT_TRUE(run->view()->warnings.empty());
    expect_equal_runs(place / "whole", place / name);
}

}  // namespace gatescope
