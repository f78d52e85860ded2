#pragma once
// What a model takes and what this machine has; see memory_report.h for the two together.

#include <cstdint>

#include "app/engine/memory_report.h"
#include "model/config.h"

namespace gatescope {

// Weights exactly; beside them an estimate of what the longest window takes at its fullest layer, with the q and k that
// maps are drawn from.
MemoryNeeds memory_needs(const ModelConfig& config, const MemoryWish& wish);

// The MemoryProbe of this machine: a GPU's free memory, or the memory that the system can still give to a program.
MemoryThere memory_there(const std::string& device);

}  // namespace gatescope
