#pragma once

#include <string>

#include "app/engine/survey_run.h"

namespace gatescope {

// A survey as the command line that makes the same, written to `out`.
std::string survey_command(const SurveyRequest& request, const std::string& out);

}  // namespace gatescope
