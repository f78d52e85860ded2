#pragma once
// What can be done with experiments: one set of functions for the panels, the palette and the keys.

#include <vector>

#include "app/window/actions.h"
#include "app/window/experiment_draft.h"
#include "app/window/experiment_state.h"
#include "app/window/frame.h"

namespace gatescope {

// Does nothing where check_experiment() says why not.
void start_experiment(Frame& frame);
void close_experiment(Frame& frame, const ExperimentView& experiment);
// Its runs, in the layout Training.
void open_runs_of(Frame& frame, const ExperimentView& experiment);

// Open a dialog: for an experiment's folder, for its capture, for the form's fields, for the figure to be drawn.
void choose_experiment_folder(Frame& frame);
void choose_experiment_capture(Frame& frame);
void choose_experiment_model(Frame& frame);
void choose_experiment_text(Frame& frame);
void choose_experiment_target(Frame& frame);
void export_experiment_figure(Frame& frame);

// What the page shows; nullptr: nothing yet.
SharedExperiment experiment_of_page(const Frame& frame);

std::vector<Action> experiment_actions();

}  // namespace gatescope
