#pragma once
// The steps of an experiment one by one: how each stands, and the time that it took or will take.

#include "app/engine/experiments/experiment_views.h"
#include "app/window/theme.h"

namespace gatescope {

// `shown`: of this plan; nullptr: not begun. `known`: its estimates, where it is of this plan; may be nullptr.
void draw_steps(const Theme& theme, const ExperimentPlan& plan, const ExperimentView* shown,
                const ExperimentProposal* known);

}  // namespace gatescope
