#pragma once
// What a training run has cost and how it stands, in words. No Dear ImGui.

#include <string>
#include <vector>

#include "app/window/run_arms.h"

namespace gatescope {

// "48 s", "3 min 12 s", "1 h 20 min"
std::string spent_text(double seconds);
// "612", "12.3 k", "2.68 million", "1.2 billion"
std::string amount_text(double number);
// "22.5 TFLOP"
std::string flops_text(double operations);
// "1 min 54 s, 2.68 million tokens, 22.5 TFLOP"
std::string cost_text(const RunView& run);
// "running", "waiting, next", "waiting, 2nd", "paused" ...
std::string status_text(const std::vector<SharedRun>& runs, const RunView& run);
// "soft-learned, seed 1"; the recipe's name where it has no arms.
std::string run_title(const RunView& run);
// "4 of 6 done, 7 min left": of all runs; seconds are those of the running ones' rates.
std::string queue_words(const std::vector<SharedRun>& runs);

}  // namespace gatescope
