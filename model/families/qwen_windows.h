#pragma once
// The sliding window as Qwen 2 and 3 say it in config.json: use_sliding_window, and from max_window_layers on.

#include "model/config.h"
#include "model/families/metadata.h"

namespace gatescope {

void read_qwen_windows(const Metadata& json, ModelConfig& config);

}  // namespace gatescope
