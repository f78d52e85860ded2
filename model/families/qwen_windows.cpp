#include "model/families/qwen_windows.h"

#include "model/families/hf_config.h"
#include "model/families/limits.h"

namespace gatescope {

void read_qwen_windows(const Metadata& json, ModelConfig& config) {
    std::int64_t window = 0;
    if (json.boolean_or("use_sliding_window", false))
        window = json.integer_or("sliding_window", 1, kMostPositions, json.states("sliding_window") ? 0 : 4096);
    const std::int64_t first = json.integer_or("max_window_layers", 0, kMostPositions, 28);
    read_hf_windows(
        json, window, [&](std::int64_t layer) { return window > 0 && layer >= first; }, config);
}

}  // namespace gatescope
