#pragma once
// Sweeps and sensitivity maps as command lines that make the same. No torch.

#include <string>

#include "analysis/lab_results.h"

namespace gatescope {

// What verbs that run a text share.
struct RunWords {
    std::string model, text;
    bool tokens = false;  // `text` is a file of ids
    std::int64_t window_length = 512, windows = 16;
    std::string device = "best", dtype = "float32";
    std::string layers, heads;
    std::string out;
};

std::string sweep_command(const RunWords& words, const SweepRequest& request);
std::string sensitivity_command(const RunWords& words, const SensitivityRequest& request);

}  // namespace gatescope
