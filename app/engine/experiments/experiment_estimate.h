#pragma once
// How long an experiment will take on this machine: its counted work over what short probes of the same kind take
// here. No torch.

#include <vector>

#include "analysis/experiments/experiment_plan.h"
#include "app/engine/models.h"
#include "model/core/job_context.h"

namespace gatescope {

// Seconds by step, 0 for those that steps_there() finds done. Probes are steps of a random model of two of the plan's
// layers, dense and under the plan's gates, and forward passes; a few seconds in all. Throws Failure, Cancelled.
std::vector<double> estimate_seconds(const ExperimentPlan& plan, const DeviceWish& wish, JobContext& job);

}  // namespace gatescope
