#pragma once
// What whole steps of an experiment take, in seconds, from their counts of what is timed on the bench. All throw
// Failure, Cancelled.

#include "analysis/experiments/experiment_step.h"
#include "app/engine/experiments/probe_bench.h"

namespace gatescope {

// A run: its steps and its reports; without opening and writing.
double seconds_of_run(const TrainWork& work, ProbeBench& bench);
// A distillation with its reports.
double seconds_of_distillation(const DistillWork& work, ProbeBench& bench);
double seconds_of_measuring(const MeasureWork& work, ProbeBench& bench);
double seconds_of_gradient(const GradientWork& work, ProbeBench& bench);

// The gate as a random one that costs the same and needs no file: canonical syntax, in all layers and heads.
std::string twin_of(const GateTerm& term);

}  // namespace gatescope
