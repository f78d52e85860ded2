// Llama (SmolLM2, TinyLlama, Llama 1 to 3 ...): RMSNorm before attention and MLP, RoPE, grouped-query attention,
// SiLU-gated MLP, biases where the file says so. transformers: models/llama; GGUF: architecture "llama".
#include "model/families/family.h"
#include "model/families/gguf_config.h"
#include "model/families/gguf_names.h"
#include "model/families/hf_config.h"
#include "model/families/hf_llama_names.h"

namespace gatescope {
namespace {

ModelConfig read_hf(const CheckpointReader& checkpoint) {
    ModelConfig config = read_hf_decoder(checkpoint, {.family = "llama"});
    const Metadata json(checkpoint.metadata(), "");
    config.qkv_bias = config.attention_out_bias = json.boolean_or("attention_bias", false);
    config.mlp_bias = json.boolean_or("mlp_bias", false);
    return config;
}

ModelConfig read_gguf(const CheckpointReader& checkpoint) {
    const Metadata keys = gguf_metadata(checkpoint, "llama");
    ModelConfig config = read_gguf_decoder(checkpoint, "llama");
    read_gguf_windows(keys, 0, 0, config);
    return config;
}

// llama.cpp keeps q and k of this architecture in its own order.
StoredTensor stored_gguf(const CanonicalTensor& tensor, const ModelConfig& config) {
    StoredTensor out = gguf_stored(tensor, config);
    const bool rotates = tensor.weight == Weight::kQuery || tensor.weight == Weight::kKey ||
                         tensor.weight == Weight::kQueryBias || tensor.weight == Weight::kKeyBias;
    if (rotates) out.order = RowOrder::kInterleavedPairs;
    return out;
}

}  // namespace

Family llama_family() {
    return {"llama", "Llama", hf_llama_dialect("llama", "Llama", read_hf),
            gguf_dialect("llama", read_gguf, stored_gguf)};
}

}  // namespace gatescope
