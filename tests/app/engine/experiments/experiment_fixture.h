#pragma once
// Experiments of a few steps on models of a few thousand parameters, in a folder of a test's own.

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "analysis/experiments/experiments.h"
#include "app/engine/experiments/experiment_run.h"
#include "tests/app/engine/runs/run_fixture.h"

namespace gatescope {

// All of an experiment, by few steps and two seeds.
inline ExperimentSetting small_setting(const std::string& experiment, const fs::path& text) {
    ExperimentSetting out;
    out.experiment = experiment;
    out.scale = "quick";
    const auto whole = [](std::int64_t value) { return ParamValue(value); };
    const ParamValues values = {{"k", whole(4)},
                                {"steps", whole(8)},
                                {"tune_steps", whole(3)},
                                {"gate_steps", whole(3)},
                                {"held_out_windows", whole(2)},
                                {"gate_dim", whole(4)}};
    for (const std::string& key : find_experiment(experiment).params)
        if (values.contains(key)) out.values[key] = values.at(key);
    out.changes = {"data.text=" + text.string(),
                   "data.held_out_share=0.2",
                   "report.held_out_windows=2",
                   "data.vocabulary=270",
                   "model.d_model=16",
                   "train.window=32",
                   "train.batch=2",
                   "train.threads=2"};
    return out;
}

inline std::unique_ptr<ExperimentRun> begin(const ExperimentSetting& setting, const fs::path& folder) {
    JobContext job;
    return ExperimentRun::start(setting, folder, false, kCpu, job);
}
inline std::unique_ptr<ExperimentRun> go_on(const fs::path& folder) {
    JobContext job;
    return ExperimentRun::resume(folder, kCpu, job);
}
// To its end; the pieces that it took.
inline int finish(ExperimentRun& run) {
    JobContext job;
    int pieces = 1;
    while (run.step(job)) ++pieces;
    return pieces;
}

// outcome.json by step, but for time and the paths of recipes.
inline nlohmann::json outcomes_in(const fs::path& folder) {
    nlohmann::json out;
    for (const auto& entry : fs::directory_iterator(folder)) {
        if (!fs::exists(entry.path() / "outcome.json")) continue;
        nlohmann::json outcome = nlohmann::json::parse(bytes_of(entry.path() / "outcome.json"));
        outcome.erase("seconds");
        for (nlohmann::json& curve : outcome["curves"]) {
            curve.erase("recipe");
            curve["series"].erase("seconds");
        }
        out[entry.path().filename().string()] = std::move(outcome);
    }
    return out;
}
inline void expect_equal_outcomes(const fs::path& a, const fs::path& b) {
    const nlohmann::json one = outcomes_in(a), other = outcomes_in(b);
    EXPECT_FALSE(one.empty());
    EXPECT_EQ(one.size(), other.size());
    for (const auto& [step, outcome] : one.items()) EXPECT_TRUE(other.contains(step) && other[step] == outcome) << step;
}

}  // namespace gatescope
