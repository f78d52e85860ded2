// Gemma 2: norms around attention and MLP with gain 1 + weight, soft-capped scores and logits, a sliding window in
// every other layer, scaled embeddings. transformers: models/gemma2; GGUF: architecture "gemma2".
#include <cmath>

#include "model/families/family.h"
#include "model/families/gguf_config.h"
#include "model/families/gguf_names.h"
#include "model/families/hf_config.h"
#include "model/families/hf_llama_names.h"
#include "model/families/limits.h"

namespace gatescope {
namespace {

constexpr std::int64_t kWindow = 4096;
constexpr double kScoreCap = 50.0, kLogitCap = 30.0;

bool is_even(std::int64_t layer) {
    return layer % 2 == 0;
}

void set_recipe(ModelConfig& config) {
    config.norm_place = NormPlace::kAround;
    config.activation = Activation::kGeluTanh;
    config.embedding_scale = std::sqrt(static_cast<double>(config.d_model));
}

// null switches a cap off.
double cap_of(const Metadata& json, const std::string& key, double otherwise) {
    return json.positive_or(key, kMostFactor, json.states(key) ? 0.0 : otherwise);
}

ModelConfig read_hf(const CheckpointReader& checkpoint) {
    ModelConfig config = read_hf_decoder(checkpoint, {.family = "gemma2",
                                                      .n_ctx = 8192,
                                                      .n_kv_heads = 4,
                                                      .d_head = 256,
                                                      .tied = true,
                                                      .activation_key = "hidden_activation",
                                                      .activation = "gelu_pytorch_tanh"});
    const Activation activation = config.activation;
    set_recipe(config);
    config.activation = activation;
    const Metadata json(checkpoint.metadata(), "");
    refuse_if_true(json, "use_bidirectional_attention");
    config.attention_scale = 1.0 / std::sqrt(json.positive_or("query_pre_attn_scalar", kMostFactor, 256.0));
    config.attention_softcap = cap_of(json, "attn_logit_softcapping", kScoreCap);
    config.final_softcap = cap_of(json, "final_logit_softcapping", kLogitCap);
    config.qkv_bias = config.attention_out_bias = json.boolean_or("attention_bias", false);
    const std::int64_t otherwise = json.states("sliding_window") ? 0 : kWindow;
    read_hf_windows(json, json.integer_or("sliding_window", 1, kMostPositions, otherwise), is_even, config);
    return config;
}

StoredTensor stored_hf(const CanonicalTensor& tensor, const ModelConfig& config) {
    StoredTensor out = hf_llama_stored(tensor, config);
    if (out.name.ends_with("norm.weight")) out.added = 1.0F;
    return out;
}

ModelConfig read_gguf(const CheckpointReader& checkpoint) {
    const Metadata keys = gguf_metadata(checkpoint, "gemma2");
    ModelConfig config = read_gguf_decoder(checkpoint, "gemma2");
    set_recipe(config);
    // The converter leaves query_pre_attn_scalar out; of the models there are, the one of 46 layers divides its width.
    const std::int64_t scalar = config.n_layers == 46 ? config.d_model / config.n_heads : config.d_head;
    config.attention_scale = 1.0 / std::sqrt(static_cast<double>(scalar));
    config.attention_softcap = keys.positive_or("attn_logit_softcapping", kMostFactor, kScoreCap);
    config.final_softcap = keys.positive_or("final_logit_softcapping", kMostFactor, kLogitCap);
    read_gguf_windows(keys, kWindow, 2, config);
    return config;
}

Dialect hf_dialect() {
    Dialect out = hf_llama_dialect("gemma2", "Gemma2", read_hf);
    out.stored = stored_hf;
    return out;
}

}  // namespace

Family gemma2_family() {
    return {"gemma2", "Gemma 2", hf_dialect(), gguf_dialect("gemma2", read_gguf, gguf_stored)};
}

}  // namespace gatescope
