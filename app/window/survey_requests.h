#pragma once
// The form of a survey of checkpoints as a request to the engine, or what is wrong with it. No Dear ImGui.

#include <string>
#include <vector>

#include "app/window/lab_requests.h"
#include "app/window/spectra_view.h"

namespace gatescope {

// What is typed, one path a line.
std::vector<std::string> survey_paths(const SpectraView& view);
void add_survey_path(SpectraView& view, const std::string& path);
void drop_survey_path(SpectraView& view, std::size_t place);

Checked<StartSurvey> check_survey(const SpectraView& view);
// The command line that makes the same capture.
std::string survey_line(const StartSurvey& survey);

}  // namespace gatescope
