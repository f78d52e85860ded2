#pragma once
// The gate of a training run, as its recipe names it. No torch.

#include <string>

#include "analysis/training/train_plan.h"
#include "model/config.h"

namespace gatescope {

struct TrainedGate {
    std::string text;  // canonical; paths are whole, and rope=1 stands where arrays that begin here rotate
    bool begins = false, rope = false;
};

// Throws Failure(kUsage, kUnsupported) naming gate.gate where the text is no gate, or one that can't be trained under.
TrainedGate trained_gate(const std::string& text, bool rope);

// The plan's gate against the model that it trains. Throws Failure(kUsage) naming the field.
void check_trained_gate(const TrainPlan& plan, const ModelConfig& model);

}  // namespace gatescope
