#pragma once
// A whole RunResult made of nothing: every field filled, some heads and layers left out, a short last window, NaN where
// a real run has it. Its numbers mean nothing.

#include "analysis/results.h"

namespace gatescope {

RunResult synthetic_run();
// The same with what the gate lab adds: costs of gates, a sensitivity map with its proposal, curves of trainings.
RunResult synthetic_lab_run();

}  // namespace gatescope
