// Llama (SmolLM2, TinyLlama, Llama 1 to 3 ...): RMSNorm before attention and MLP, RoPE, grouped-query attention,
// SiLU-gated MLP, biases where the file says so. transformers: models/llama; GGUF: architecture "llama".
#include <algorithm>
#include <cmath>

#include "model/core/error.h"
#include "model/families/family.h"
#include "model/families/gguf_config.h"
#include "model/families/gguf_names.h"
#include "model/families/hf_config.h"
#include "model/families/hf_decoder_config.h"
#include "model/families/hf_llama_names.h"
#include "model/families/scratch.h"

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

// Two thirds of four widths, as three matrices hold what two of four widths would; in steps that machines like.
std::int64_t usual_d_mlp(std::int64_t d_model) {
    constexpr std::int64_t kStep = 32;
    return std::max(kStep, (8 * d_model / 3 + kStep / 2) / kStep * kStep);
}

ModelConfig scratch(const ScratchShape& shape, std::int64_t d_vocab) {
    const std::int64_t d_head = shape.d_model / shape.n_heads;
    const std::int64_t n_kv_heads = shape.n_kv_heads > 0 ? shape.n_kv_heads : shape.n_heads;
    if (d_head % 2 != 0)
        throw Failure(FailureKind::kUsage,
                      std::to_string(shape.d_model) + " over " + std::to_string(shape.n_heads) +
                          " heads (n_heads) gives heads of " + std::to_string(d_head) + " channels",
                      "d_model",
                      "rotation (RoPE) needs an even number: " + std::to_string(shape.n_heads * (d_head + 1)));
    if (shape.n_heads % n_kv_heads != 0)
        throw Failure(FailureKind::kUsage,
                      std::to_string(shape.n_heads) + " heads (n_heads) can't share " + std::to_string(n_kv_heads) +
                          " keys and values equally",
                      "n_kv_heads", "a divisor of n_heads is allowed");
    ModelConfig config;
    config.family = "llama";
    config.n_layers = shape.n_layers;
    config.n_heads = shape.n_heads;
    config.n_kv_heads = n_kv_heads;
    config.d_model = shape.d_model;
    config.d_head = config.rope_dims = d_head;
    config.d_mlp = shape.d_mlp > 0 ? shape.d_mlp : usual_d_mlp(shape.d_model);
    config.d_vocab = d_vocab;
    config.n_ctx = shape.n_ctx;
    config.attention_scale = 1.0 / std::sqrt(static_cast<double>(d_head));
    config.tied_embeddings = shape.tied_embeddings;
    return config;
}

nlohmann::json hf_config(const ModelConfig& config) {
    refuse_hf_windows(config);
    nlohmann::json out = hf_decoder_config(config, "llama", "Llama");
    out["attention_bias"] = hf_attention_bias(config);
    out["mlp_bias"] = config.mlp_bias;
    return out;
}

}  // namespace

Family llama_family() {
    return {.id = "llama",
            .label = "Llama",
            .config_json = hf_llama_dialect("llama", "Llama", read_hf),
            .gguf = gguf_dialect("llama", read_gguf, stored_gguf),
            .scratch = scratch,
            .hf_config = hf_config};
}

}  // namespace gatescope
