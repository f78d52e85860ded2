#pragma once
// The runs of a recipe, trained one after the other.

#include <exception>
#include <vector>

#include "app/cli/console.h"
#include "app/cli/train_report.h"
#include "app/engine/models.h"
#include "app/engine/runs/recipe_folder.h"
#include "model/core/job_context.h"

namespace gatescope {

struct TrainRequest {
    std::vector<PlacedRun> runs;
    Recipe recipe;                 // of all of them
    std::filesystem::path folder;  // that was named
    bool overwrite = false;
    bool resume = false;  // begun ones go on, finished ones are left alone
    DeviceWish wish;
    std::string command;  // for captures
};

// How far it came.
struct TrainOutcome {
    RunViews runs;  // in the request's order, as far as it came
    bool interrupted = false;
    std::exception_ptr failure;  // the first that ended a run
};

// Reports go to standard error as they come. A run that fails leaves the next ones their turn, unless the place to
// write to is what failed. Throws Failure, Cancelled where nothing has begun.
TrainOutcome train_runs(const TrainRequest& request, const Console& console, JobContext& job);

}  // namespace gatescope
