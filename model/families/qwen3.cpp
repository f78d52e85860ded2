// Qwen 3: Llama with an RMSNorm of each head's queries and keys before rotation, and a head length of its own.
// transformers: models/qwen3; GGUF: architecture "qwen3".
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
    ModelConfig config =
        read_hf_decoder(checkpoint, {.family = "qwen3", .n_ctx = 32768, .n_kv_heads = 32, .d_head = 128});
    const Metadata json(checkpoint.metadata(), "");
    read_qwen_windows(json, config);
    config.qk_norm = QkNorm::kHead;
    config.qkv_bias = config.attention_out_bias = json.boolean_or("attention_bias", false);
    return config;
}

ModelConfig read_gguf(const CheckpointReader& checkpoint) {
    const Metadata keys = gguf_metadata(checkpoint, "qwen3");
    ModelConfig config = read_gguf_decoder(checkpoint, "qwen3");
    read_gguf_windows(keys, 0, 0, config);
    config.qk_norm = QkNorm::kHead;
    return config;
}

nlohmann::json hf_config(const ModelConfig& config) {
    refuse_hf_windows(config);
    nlohmann::json out = hf_decoder_config(config, "qwen3", "Qwen3");
    out["attention_bias"] = hf_attention_bias(config);
    return out;
}

}  // namespace

Family qwen3_family() {
    return {.id = "qwen3",
            .label = "Qwen 3",
            .config_json = hf_llama_dialect("qwen3", "Qwen3", read_hf),
            .gguf = gguf_dialect("qwen3", read_gguf, gguf_stored),
            .hf_config = hf_config};
}

}  // namespace gatescope
