#pragma once
// Experiments as the window gets them, made up by rule, for tests of the window without a model.

#include <memory>
#include <string>
#include <vector>

#include "app/engine/snapshot.h"

namespace gatescope::fake {

struct ExperimentShape {
    std::string experiment = "soft-gating";  // bars by arm; "absorption-gradient": lines with a shaded gap
    std::size_t done = 3;                    // steps; more than there are: all
    std::string status = "running";
    bool from_capture = false;
};
// Scale tiny in /experiments/ID; steps from `done` on are not begun.
std::shared_ptr<const ExperimentPlan> experiment_plan_of(const std::string& experiment);
std::shared_ptr<const ExperimentView> experiment(const ExperimentShape& shape);

// Planned, and estimated at a minute a step where `estimated`.
std::shared_ptr<const ExperimentProposal> proposal(const std::string& experiment, bool estimated = true);
std::shared_ptr<const ExperimentProposal> refused_proposal(const std::string& experiment, const std::string& why);

// snapshot() with three of them: done, at work (in its third step), waiting; and a proposal of the first.
Snapshot experiment_session();

}  // namespace gatescope::fake
