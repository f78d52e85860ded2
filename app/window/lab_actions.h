#pragma once
// What can be done in the gate lab: one set of functions for its panels, the palette and the keys.

#include <string>
#include <vector>

#include "app/window/actions.h"
#include "app/window/frame.h"
#include "app/window/lab_requests.h"

namespace gatescope {

// Each does nothing where check_...() says why not.
void start_distillation(Frame& frame);
void measure_gate_gradient(Frame& frame);
void start_sweep(Frame& frame);
void start_sensitivity(Frame& frame);

// Open a dialog for the form's fields.
void choose_training_text(Frame& frame);
void choose_held_out_text(Frame& frame);

void pause_or_resume_distillation(Frame& frame);
// Stops the job of a kind; what is there so far stays.
void stop_job(Frame& frame, const std::string& kind);
// Slot 0: A, 1: B.
void use_gate(Frame& frame, int slot, const std::string& syntax);
void copy_line(Frame& frame, const std::string& line);

std::vector<Action> lab_actions();

}  // namespace gatescope
