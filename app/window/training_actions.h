#pragma once
// What can be done with training runs: one set of functions for the panels, the palette and the keys.

#include <string>
#include <vector>

#include "app/window/actions.h"
#include "app/window/frame.h"
#include "app/window/run_arms.h"

namespace gatescope {

// Does nothing where check_recipe() says why not.
void start_runs(Frame& frame);
// Open a dialog: for a recipe file, for where to save the form as one, for a folder with runs, for the runs' own.
void choose_recipe(Frame& frame);
void save_recipe(Frame& frame);
void choose_runs(Frame& frame);
void choose_run_folder(Frame& frame);
// Fills the form from one of ours or a file; what is wrong with it is said in the form.
void use_recipe(TrainingView& view, const std::string& path_or_id);

void pause_or_resume(Frame& frame, const RunView& run);
bool can_resume(const RunView& run);
bool can_stop(const RunView& run);
void close_run(Frame& frame, const RunView& run);

// The run that the panels are about; nullptr where there are none.
SharedRun selected_run(const Frame& frame);
// The step whose model is shown or being opened, of the selected run; -1: none of them.
std::int64_t wanted_step(const Frame& frame);
void show_checkpoint(Frame& frame, const RunView& run, std::int64_t step);
// The checkpoint `by` further on, stopping at the ends.
void move_checkpoint(Frame& frame, int by);
// While checkpoints play: on to the next once this one has been seen.
void go_on_playing(Frame& frame);

std::vector<Action> training_actions();

}  // namespace gatescope
