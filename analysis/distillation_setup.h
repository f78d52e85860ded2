#pragma once
// What follows from a distillation's request and its texts.

#include <string>
#include <vector>

#include "analysis/results.h"
#include "model/train/trainable_gate.h"

namespace gatescope {

TrainShape train_shape(const DistillRequest& request);
double learning_rate(const DistillRequest& request);
std::string distillation_name(const DistillRequest& request);    // "learned kl k=64 rope"
std::string distillation_recipe(const DistillRequest& request);  // JSON; paths cut to their last parts

// Windows of ids, apart: none is in both.
struct DistillWindows {
    std::vector<std::vector<std::int32_t>> train;
    std::shared_ptr<const TextWindows> held_out;
};
// Throws Failure(kUsage) where the text is too short for both.
DistillWindows split_windows(const DistillRequest& request, const TextWindows& text, const TextWindows* held_out);

}  // namespace gatescope
