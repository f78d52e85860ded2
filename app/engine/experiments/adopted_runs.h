#pragma once
// A run that an experiment beside this one has trained already is taken over, not trained again. No torch.

#include <filesystem>
#include <optional>
#include <string>

#include "analysis/experiments/experiment_plan.h"
namespace gatescope {

// The folder of a finished run with the step's very recipe, as PARENT/EXPERIMENT/STEP; empty: there is none. Only of
// what begins from scratch: what a model of a file held when another run began with it nobody knows. Reads small files.
std::filesystem::path run_to_adopt(const ExperimentPlan& plan, const ExperimentStep& step);

// What a run must have been trained on, beside its recipe, to be the same: TokenData::sha256(), "cpu".
struct TrainedOn {
    std::string data_sha256, device;
};
// Puts a copy of such a run in the step's folder, which must not be there: its files are the same on the disk where
// the file system can. Nothing where there is none. Throws Failure(kOutput).
std::optional<StepOutcome> adopt_run(const ExperimentPlan& plan, const ExperimentStep& step, const TrainedOn& wanted);

}  // namespace gatescope
