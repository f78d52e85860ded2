#pragma once
// Checks that reading a gate and changing its budget share. No torch.

#include "model/gates/gate_info.h"

namespace gatescope {

// Every value in its range and the values in accord: sinks + local at most k, k at least 1. Throws Failure(kUsage).
void check_term(const GateTerm& term);

}  // namespace gatescope
