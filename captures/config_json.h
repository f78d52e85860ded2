#pragma once
// ModelConfig as JSON and back: what lets a capture be shown like the run that it came from.

#include <string>

#include "model/config.h"

namespace gatescope {

std::string print_config(const ModelConfig& config);
// Fields that captures of older versions lack take their defaults. Throws Failure(kBadFile) naming `where` when one of
// the first is missing, or any is of another type or out of range; kUnsupported for a word that is not known.
ModelConfig parse_config(const std::string& text, const std::string& where);

}  // namespace gatescope
