#pragma once
// What `experiment` is asked for.

#include <CLI/CLI.hpp>
#include <map>
#include <string>
#include <vector>

#include "analysis/experiments/experiment_plan.h"
#include "app/cli/options.h"

namespace gatescope {

struct ExperimentOptions {
    Options common;
    std::string experiment, scale, seeds, resume, show;
    std::map<std::string, std::string> values;  // of experiment_params(); empty: not given
    std::vector<std::string> changes;
    bool quick = false, list = false, estimate = false;
};

void add_experiment(CLI::App& app, ExperimentOptions& options);

enum class ExperimentMode { kList, kStart, kEstimate, kResume, kShow };
// The one thing that was asked for. Throws Failure(kUsage) where two were, or what the one does not listen to.
ExperimentMode mode_of(const ExperimentOptions& options);

// Throws Failure(kUsage) naming the option.
ExperimentSetting setting_of(const ExperimentOptions& options);
// experiments/NAME unless --out says otherwise.
std::string folder_of(const ExperimentOptions& options);

}  // namespace gatescope
