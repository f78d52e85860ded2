#pragma once
// A run that an experiment beside this one has trained already is taken over, not trained again. No torch.

#include <filesystem>
#include <optional>

#include "analysis/experiments/experiment_plan.h"
#include "model/core/job_context.h"

namespace gatescope {

// The folder of a finished run with the step's very recipe, as PARENT/EXPERIMENT/STEP; empty: there is none. Only of
// what begins from scratch: what a model of a file held when another run began with it nobody knows. Reads small files.
std::filesystem::path run_to_adopt(const ExperimentPlan& plan, const ExperimentStep& step);

// Puts a copy of run_to_adopt() in the step's folder, which must not be there: its files are the same on the disk where
// the file system can. Nothing where there is no such run, or where it was trained on other texts than lie there now.
// Throws Failure(kOutput) and what opening the texts throws; Cancelled.
std::optional<StepOutcome> adopt_run(const ExperimentPlan& plan, const ExperimentStep& step, JobContext& job);

}  // namespace gatescope
