#pragma once
// How a gate is named and described in a capture (SCHEMA.md).

#include <string>

#include "analysis/results.h"

namespace gatescope {

// The gate with every file cut to its last part and, where its sha256 is known (by path), '#' and 8 digits of that.
GateSpec without_folders(GateSpec gate, const std::map<std::string, std::string>& file_sha256);
GateSpec without_folders(const GateResult& result);

// The HDF5 group's name: the canonical syntax of a gate without folders, '/' replaced by '!'.
std::string gate_group_name(const GateSpec& gate);
// Back again. Throws Failure(kUsage).
GateSpec gate_of_group(const std::string& name);

// "oracle"; "oracle+window" of a composed gate.
std::string gate_ids(const GateSpec& gate);
// JSON object of the parameters; {"terms": [...]} with layers and heads for a composed gate.
std::string gate_parameters(const GateSpec& gate);

}  // namespace gatescope
