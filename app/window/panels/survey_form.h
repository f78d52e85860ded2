#pragma once
// What checkpoints a survey is made of, and the buttons that run it.

#include "app/window/frame.h"
#include "app/window/survey_requests.h"

namespace gatescope {

void draw_survey_form(Frame& frame, const Checked<StartSurvey>& checked);
// How high it is with its list and its errors.
float survey_form_height(const Frame& frame, const Checked<StartSurvey>& checked);

}  // namespace gatescope
