#pragma once
// What reading a gate, changing its budget and leaving it out share. No torch.

#include "model/gates/gate_info.h"

namespace gatescope {

// Every value in its range and the values in accord: sinks + local at most k, k at least 1. Throws Failure(kUsage).
void check_term(const GateTerm& term);

// The gate's syntax without what sets its budget, "window:sinks=4": the same for all points of a sweep.
std::string gate_family(const GateSpec& gate);

// As parse_gate(); a gate that can be trained may lack its file: "soft-learned", "learned:k=64".
GateSpec parse_trained_gate(const std::string& text);
// A term whose arrays are in no file.
bool lacks_file(const GateTerm& term);

}  // namespace gatescope
