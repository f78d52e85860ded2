#pragma once
// What a model can't be asked, and why: one wording for the command line, the window and captures. No torch.

#include <string>
#include <vector>

#include "model/config.h"
#include "model/gates/gate_info.h"

namespace gatescope {

// The family as people write it: "BERT"; its id where this program doesn't know it.
std::string family_label(const ModelConfig& model);

// Each is one clause without a full stop, empty where the model has it.
std::string why_no_logits(const ModelConfig& model);
std::string why_no_perplexity(const ModelConfig& model);
std::string why_no_gates(const ModelConfig& model);

// Every gate against the model's layers and heads. Throws Failure(kUsage), kUnsupported where the model takes none.
void check_gates(const std::vector<GateSpec>& gates, const ModelConfig& model);

}  // namespace gatescope
