#pragma once
// What of a request is checked before the first window runs, and what follows from it.

#include <string>
#include <vector>

#include "analysis/recorder.h"
#include "analysis/results.h"

namespace gatescope {

// Throws Failure(kUsage, kUnsupported) where model and text can't serve the request; returns warnings, one line each.
std::vector<std::string> check_request(const RunRequest& request, const ModelConfig& model, const TextWindows& text);
// Key sets from files (`keys`) against the windows that the request runs. Throws Failure(kUsage).
void check_key_sets(const std::vector<GateSpec>& gates, const RunRequest& request, const TextWindows& text);
// Windows to run: those asked for, as far as the text has them.
std::int64_t windows_of(const RunRequest& request, const TextWindows& text);
// Tokens of the longest of the first `windows` windows.
std::int64_t longest_window(const TextWindows& text, std::int64_t windows);
AnalysedHeads analysed_heads(const RunRequest& request, const ModelConfig& model);
// Throws Failure(kUsage) unless the text has the window and the model the head.
void check_place(const ModelConfig& model, const TextWindows& text, std::int64_t window, std::int64_t layer,
                 std::int64_t head);

}  // namespace gatescope
