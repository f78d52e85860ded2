#pragma once
// What panels, shortcuts and the palette do about spectra and surveys.

#include <string>
#include <vector>

#include "app/window/actions.h"

namespace gatescope {

// Opens a dialog whose choice joins the survey.
void choose_survey_model(Frame& frame);
void start_survey(Frame& frame);

std::vector<Action> spectra_actions();

}  // namespace gatescope
