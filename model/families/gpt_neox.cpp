// GPT-NeoX and Pythia: LayerNorm, RoPE over a part of each head, attention and MLP side by side (or one after the
// other), biases everywhere. transformers: models/gpt_neox, whose query_key_value lies head by head; GGUF: architecture
// "gptneox", whose attn_qkv doesn't.
#include <cmath>
#include <map>
#include <string_view>

#include "model/families/family.h"
#include "model/families/gguf_config.h"
#include "model/families/gguf_names.h"
#include "model/families/hf_config.h"
#include "model/families/hf_rope.h"
#include "model/families/limits.h"

namespace gatescope {
namespace {

void set_recipe(ModelConfig& config) {
    config.norm = NormKind::kLayer;
    config.gated_mlp = false;
    config.activation = Activation::kGelu;
    config.qkv_bias = config.attention_out_bias = config.mlp_bias = true;
}

ModelConfig read_hf(const CheckpointReader& checkpoint) {
    const Metadata json(checkpoint.metadata(), "");
    refuse_hf_variants(json);
    ModelConfig config;
    set_recipe(config);
    config.family = "gpt_neox";
    read_hf_sizes(checkpoint, config);
    config.d_head = hf_split_width(config);
    config.n_ctx = json.integer_or("max_position_embeddings", 1, kMostPositions, 2048);
    config.norm_epsilon = json.positive_or("layer_norm_eps", 1.0, 1e-5);
    config.activation = hf_activation(json, "hidden_act", "gelu");
    config.attention_scale = 1.0 / std::sqrt(static_cast<double>(config.d_head));
    config.parallel_residual = json.boolean_or("use_parallel_residual", true);
    config.qkv_bias = config.attention_out_bias = json.boolean_or("attention_bias", true);
    read_hf_rope(json, {.base = "rotary_emb_base", .part = "rotary_pct", .part_otherwise = 0.25}, config);
    const std::string prefix = checkpoint.find("embed_in.weight") == nullptr ? "gpt_neox." : "";
    settle_unembedding(checkpoint, json.boolean_or("tie_word_embeddings", false), prefix + "embed_in.weight",
                       "embed_out.weight", config);
    return config;
}

const std::map<Weight, std::string_view>& model_names() {
    static const std::map<Weight, std::string_view> names = {
        {Weight::kEmbedding, "gpt_neox.embed_in.weight"},
        {Weight::kFinalNorm, "gpt_neox.final_layer_norm.weight"},
        {Weight::kFinalNormBias, "gpt_neox.final_layer_norm.bias"},
        {Weight::kUnembedding, "embed_out.weight"},
    };
    return names;
}

const std::map<Weight, StoredTensor>& layer_tensors() {
    const auto stacked = [](const char* name, std::int64_t part) {
        return StoredTensor{.name = name, .order = RowOrder::kPartsByHead, .part = part, .parts = 3};
    };
    static const std::map<Weight, StoredTensor> tensors = {
        {Weight::kAttentionNorm, {.name = "input_layernorm.weight"}},
        {Weight::kAttentionNormBias, {.name = "input_layernorm.bias"}},
        {Weight::kQuery, stacked("attention.query_key_value.weight", 0)},
        {Weight::kKey, stacked("attention.query_key_value.weight", 1)},
        {Weight::kValue, stacked("attention.query_key_value.weight", 2)},
        {Weight::kQueryBias, stacked("attention.query_key_value.bias", 0)},
        {Weight::kKeyBias, stacked("attention.query_key_value.bias", 1)},
        {Weight::kValueBias, stacked("attention.query_key_value.bias", 2)},
        {Weight::kAttentionOut, {.name = "attention.dense.weight"}},
        {Weight::kAttentionOutBias, {.name = "attention.dense.bias"}},
        {Weight::kMlpNorm, {.name = "post_attention_layernorm.weight"}},
        {Weight::kMlpNormBias, {.name = "post_attention_layernorm.bias"}},
        {Weight::kMlpUp, {.name = "mlp.dense_h_to_4h.weight"}},
        {Weight::kMlpUpBias, {.name = "mlp.dense_h_to_4h.bias"}},
        {Weight::kMlpDown, {.name = "mlp.dense_4h_to_h.weight"}},
        {Weight::kMlpDownBias, {.name = "mlp.dense_4h_to_h.bias"}},
    };
    return tensors;
}

StoredTensor stored_hf(const CanonicalTensor& tensor, const ModelConfig&) {
    if (tensor.layer < 0) return {.name = std::string(model_names().at(tensor.weight))};
    StoredTensor out = layer_tensors().at(tensor.weight);
    out.name = "gpt_neox.layers." + std::to_string(tensor.layer) + "." + out.name;
    return out;
}

std::string plain_name(const std::string& file_name) {
    for (const char* part : {"layers.", "embed_in.", "final_layer_norm."})
        if (file_name.starts_with(part)) return "gpt_neox." + file_name;
    return file_name;
}

// The causal mask and rotation tables as buffers, and heads that change no hidden state.
bool ignorable(const std::string& name) {
    for (const char* buffer : {".attention.bias", ".attention.masked_bias", "rotary_emb.inv_freq"})
        if (name.ends_with(buffer)) return true;
    return !name.starts_with("gpt_neox.") && name != "embed_out.bias";
}

ModelConfig read_gguf(const CheckpointReader& checkpoint) {
    const Metadata keys = gguf_metadata(checkpoint, "gptneox");
    ModelConfig config = read_gguf_sizes(checkpoint, "gptneox", "gpt_neox");
    set_recipe(config);
    read_gguf_layer_norm(keys, config);
    read_gguf_rope(checkpoint, keys, config);
    config.parallel_residual = keys.boolean_or("use_parallel_residual", true);
    return config;
}

}  // namespace

Family gpt_neox_family() {
    return {"gpt_neox", "GPT-NeoX", Dialect{"gpt_neox", "GPTNeoX", read_hf, stored_hf, plain_name, ignorable},
            gguf_dialect("gptneox", read_gguf, gguf_stored_fused)};
}

}  // namespace gatescope
