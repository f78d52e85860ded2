#pragma once
// An experiment from its first step, or where it stopped, to its end.

#include <exception>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "app/cli/console.h"
#include "app/engine/experiments/experiment_views.h"
#include "app/engine/models.h"
#include "model/core/job_context.h"

namespace gatescope {

struct ExperimentRequest {
    ExperimentSetting setting;  // where it doesn't go on
    std::filesystem::path folder;
    bool overwrite = false, resume = false;
    DeviceWish wish;
    std::string command;  // for captures of runs
};

// How far it came.
struct ExperimentEnd {
    std::shared_ptr<const ExperimentView> view;
    bool interrupted = false;
    std::exception_ptr failure;
};

// By step; 0: it need not be done again. Throws Failure, Cancelled.
std::vector<double> expected_seconds(const ExperimentPlan& plan, const DeviceWish& wish, JobContext& job);

// What will be done and the steps as they end go to standard error. Captures are written as steps end and however all
// ends. Throws Failure, Cancelled where nothing has begun.
ExperimentEnd drive_experiment(const ExperimentRequest& request, const Console& console, JobContext& job);

}  // namespace gatescope
