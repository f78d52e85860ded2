#pragma once
// Experiments on the session's list: which one a page shows, and how it stands, in words. No Dear ImGui.

#include <memory>
#include <string>
#include <vector>

#include "app/engine/snapshot.h"
#include "app/window/experiments_view.h"
#include "app/window/theme.h"

namespace gatescope {

using SharedExperiment = std::shared_ptr<const ExperimentView>;

// Those of a page, in the order in which they came.
std::vector<SharedExperiment> experiments_of(const std::vector<SharedExperiment>& list, const std::string& experiment);
// The one that is chosen, else the one at work, else the newest; nullptr where there are none.
SharedExperiment shown_experiment(const std::vector<SharedExperiment>& list, const ExperimentsView& view,
                                  const std::string& experiment);
SharedExperiment experiment_in(const std::vector<SharedExperiment>& list, const std::string& folder);

bool is_active(const ExperimentView& experiment);  // waiting or running
bool can_go_on(const ExperimentView& experiment);
// By an experiment that is not over.
bool in_use(const std::vector<SharedExperiment>& list, const std::string& folder);

// "not run", "waiting", "3 of 27 steps, 12 min left", "stopped at 3 of 27", "supports the paper"
std::string state_words(const ExperimentView* experiment);
ImVec4 state_colour(const Theme& theme, const ExperimentView* experiment);
// Of all steps, 0 to 1.
float part_done(const ExperimentView& experiment);
// "tiny, experiments/soft-gating-2": tells those of a page apart.
std::string experiment_title(const ExperimentView& experiment);

}  // namespace gatescope
