#pragma once
// ModelConfig as JSON and back: what lets a capture be shown like the run that it came from.

#include <string>

#include "model/config.h"

namespace gatescope {

std::string print_config(const ModelConfig& config);
// Throws Failure(kBadFile) naming `where` when a field is missing, of another type or out of range.
ModelConfig parse_config(const std::string& text, const std::string& where);

}  // namespace gatescope
