// Qwen 2 and 2.5: Llama with biases on q, k and v, and a sliding window in the upper layers where the file asks for it.
// transformers: models/qwen2; GGUF: architecture "qwen2".
#include "model/families/family.h"
#include "model/families/gguf_config.h"
#include "model/families/gguf_names.h"
#include "model/families/hf_config.h"
#include "model/families/hf_decoder_config.h"
#include "model/families/hf_llama_names.h"
#include "model/families/qwen_windows.h"

namespace gatescope {
namespace {

ModelConfig read_hf(const CheckpointReader& checkpoint) {
    ModelConfig config = read_hf_decoder(checkpoint, {.family = "qwen2", .n_ctx = 32768, .n_kv_heads = 32});
    read_qwen_windows(Metadata(checkpoint.metadata(), ""), config);
    config.qkv_bias = true;
    return config;
}

ModelConfig read_gguf(const CheckpointReader& checkpoint) {
    const Metadata keys = gguf_metadata(checkpoint, "qwen2");
    ModelConfig config = read_gguf_decoder(checkpoint, "qwen2");
    read_gguf_windows(keys, 0, 0, config);
    config.qkv_bias = true;
    return config;
}

nlohmann::json hf_config(const ModelConfig& config) {
    refuse_hf_windows(config);
    return hf_decoder_config(config, "qwen2", "Qwen2");
}

}  // namespace

Family qwen2_family() {
    return {.id = "qwen2",
            .label = "Qwen 2",
            .config_json = hf_llama_dialect("qwen2", "Qwen2", read_hf),
            .gguf = gguf_dialect("qwen2", read_gguf, gguf_stored),
            .hf_config = hf_config};
}

}  // namespace gatescope
