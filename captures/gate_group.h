#pragma once
// How a gate is named and described in a capture (SCHEMA.md).

#include <string>

#include "model/gates/gate_info.h"

namespace gatescope {

// The HDF5 group's name: the gate's canonical syntax, files cut to their last part, '/' replaced by '!'.
std::string gate_group_name(const GateSpec& gate);
// Back again. Throws Failure(kUsage).
GateSpec gate_of_group(const std::string& name);

// "oracle"; "oracle+window" of a composed gate.
std::string gate_ids(const GateSpec& gate);
// JSON object of the parameters; {"terms": [...]} with layers and heads for a composed gate.
std::string gate_parameters(const GateSpec& gate);

}  // namespace gatescope
