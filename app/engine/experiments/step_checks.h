#pragma once
// What can be known of a plan's steps before the first of them runs. No torch.

#include "analysis/experiments/experiment_plan.h"
#include "app/engine/models.h"
#include "model/core/job_context.h"

namespace gatescope {

// Texts, models and gate files that no step makes are there, steps name what earlier ones leave, gates and requests fit
// the model. With `open` the first step's data are opened, too: texts that are too short are found out here. Throws
// Failure naming the step, Cancelled.
void check_steps(const ExperimentPlan& plan, bool open, JobContext& job);

}  // namespace gatescope
