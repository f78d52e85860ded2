#pragma once
// What a model can't be asked, and why: one wording for the command line, the window and captures. No torch.

#include <string>

#include "model/config.h"

namespace gatescope {

// The family as people write it: "BERT"; its id where this program doesn't know it.
std::string family_label(const ModelConfig& model);

// Each is one clause without a full stop, empty where the model has it.
std::string why_no_logits(const ModelConfig& model);
std::string why_no_perplexity(const ModelConfig& model);
std::string why_no_gates(const ModelConfig& model);

}  // namespace gatescope
