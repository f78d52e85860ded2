// Mistral: Llama with a sliding window over all layers. transformers: models/mistral. (Its GGUF files are Llama's.)
#include "model/core/error.h"
#include "model/families/family.h"
#include "model/families/hf_config.h"
#include "model/families/hf_llama_names.h"
#include "model/families/limits.h"

namespace gatescope {
namespace {

ModelConfig read_hf(const CheckpointReader& checkpoint) {
    ModelConfig config = read_hf_decoder(checkpoint, {.family = "mistral", .n_ctx = 4096 * 32, .n_kv_heads = 8});
    const Metadata json(checkpoint.metadata(), "");
    const std::int64_t otherwise = json.states("sliding_window") ? 0 : 4096;
    const std::int64_t window = json.integer_or("sliding_window", 1, kMostPositions, otherwise);
    read_hf_windows(
        json, window, [window](std::int64_t) { return window > 0; }, config);
    // transformers' class passes over layer_types: its window holds for all layers or for none.
    if (config.window_of(0) != window || !config.windowed_layers.empty())
        throw Failure(FailureKind::kUnsupported, "a Mistral whose layer_types and sliding_window disagree", {},
                      "model_type mistral slides its window over all layers");
    return config;
}

}  // namespace

Family mistral_family() {
    return {"mistral", "Mistral", hf_llama_dialect("mistral", "Mistral", read_hf), {}};
}

}  // namespace gatescope
