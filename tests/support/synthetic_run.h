#pragma once
// A whole RunResult made of nothing: every field filled, some heads and layers left out, a short last window, NaN where
// a real run has it. Its numbers mean nothing.

#include "analysis/results.h"

namespace gatescope {

RunResult synthetic_run();

}  // namespace gatescope
