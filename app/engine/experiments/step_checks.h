#pragma once
// What can be known of a plan's steps before the first of them runs. No torch.

#include <string>

#include "analysis/experiments/experiment_plan.h"
#include "model/core/job_context.h"

namespace gatescope {

// Texts, models and gate files that no step makes are there, steps name what earlier ones leave, gates and requests fit
// the model, trainings the memory of the device. Throws Failure naming the step.
void check_steps(const ExperimentPlan& plan, const std::string& device);

// What all steps begin with: texts as they are cut, and the given model. An experiment goes on with the same alone.
struct ExperimentInputs {
    std::string data_sha256, model_sha256;  // of TokenData; of the model's weights, empty where none is given

    bool operator==(const ExperimentInputs&) const = default;
};
// Opens them: texts that are too short, say, are found out here. Throws Failure, Cancelled.
ExperimentInputs open_inputs(const ExperimentPlan& plan, JobContext& job);

}  // namespace gatescope
