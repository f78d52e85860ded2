#pragma once
// The form of an experiment, made from experiment_scales() and experiment_params(): a row for each that applies.

#include "app/window/experiment_draft.h"
#include "app/window/frame.h"

namespace gatescope {

void draw_experiment_form(Frame& frame, const ExperimentInfo& info, const Checked<StartExperiment>& checked);

}  // namespace gatescope
