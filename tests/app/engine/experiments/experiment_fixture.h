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

// All of an experiment, by few steps and two seeds, on a text that lies in `place`.
inline ExperimentSetting small_setting(const std::string& experiment, const Place& place) {
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
    out.changes = {"data.text=" + (place / "text.txt").string(),
                   "data.held_out_share=0.2",
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

}  // namespace gatescope
