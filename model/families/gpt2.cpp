// GPT-2: LayerNorm before attention and MLP, learned positions, biases everywhere, tanh-GELU, tied embeddings.
// transformers: models/gpt2, whose Conv1D keeps matrices as [in, out]; GGUF: architecture "gpt2".
#include <cmath>
#include <map>
#include <string_view>

#include "model/core/error.h"
#include "model/families/family.h"
#include "model/families/gguf_config.h"
#include "model/families/gguf_names.h"
#include "model/families/hf_config.h"
#include "model/families/limits.h"
#include "model/families/scratch.h"

namespace gatescope {
namespace {

void set_recipe(ModelConfig& config) {
    config.norm = NormKind::kLayer;
    config.learned_positions = true;
    config.qkv_bias = config.attention_out_bias = config.mlp_bias = true;
    config.gated_mlp = false;
    config.activation = Activation::kGeluTanh;
}

ModelConfig read_hf(const CheckpointReader& checkpoint) {
    const Metadata json(checkpoint.metadata(), "");
    refuse_hf_variants(json);
    refuse_if_true(json, "scale_attn_by_inverse_layer_idx");
    ModelConfig config;
    set_recipe(config);
    config.family = "gpt2";
    config.n_layers = hf_layers(checkpoint, "n_layer");
    config.d_model = json.integer("n_embd", 1, kMostWidth);
    config.d_mlp = json.integer_or("n_inner", 1, kMostWidth, 4 * config.d_model);
    config.d_vocab = json.integer("vocab_size", 1, kMostVocab);
    config.n_heads = config.n_kv_heads = json.integer("n_head", 1, kMostWidth);
    config.d_head = hf_split_width(config);
    config.n_ctx = json.integer_or("n_positions", 1, kMostLearnedPositions, 1024);
    config.norm_epsilon = json.positive_or("layer_norm_epsilon", 1.0, 1e-5);
    config.activation = hf_activation(json, "activation_function", "gelu_new");
    const bool scaled = json.boolean_or("scale_attn_weights", true);
    config.attention_scale = scaled ? 1.0 / std::sqrt(static_cast<double>(config.d_head)) : 1.0;
    const std::string prefix = checkpoint.find("wte.weight") == nullptr ? "transformer." : "";
    settle_unembedding(checkpoint, json.boolean_or("tie_word_embeddings", true), prefix + "wte.weight",
                       "lm_head.weight", config);
    return config;
}

const std::map<Weight, std::string_view>& model_names() {
    static const std::map<Weight, std::string_view> names = {
        {Weight::kEmbedding, "transformer.wte.weight"},  {Weight::kPositionEmbedding, "transformer.wpe.weight"},
        {Weight::kFinalNorm, "transformer.ln_f.weight"}, {Weight::kFinalNormBias, "transformer.ln_f.bias"},
        {Weight::kUnembedding, "lm_head.weight"},
    };
    return names;
}

const std::map<Weight, StoredTensor>& layer_tensors() {
    const auto stacked = [](const char* name, std::int64_t part) {
        return StoredTensor{
            .name = name, .part = part, .parts = 3, .transposed = std::string_view(name).ends_with("t")};
    };
    static const std::map<Weight, StoredTensor> tensors = {
        {Weight::kAttentionNorm, {.name = "ln_1.weight"}},
        {Weight::kAttentionNormBias, {.name = "ln_1.bias"}},
        {Weight::kQuery, stacked("attn.c_attn.weight", 0)},
        {Weight::kKey, stacked("attn.c_attn.weight", 1)},
        {Weight::kValue, stacked("attn.c_attn.weight", 2)},
        {Weight::kQueryBias, stacked("attn.c_attn.bias", 0)},
        {Weight::kKeyBias, stacked("attn.c_attn.bias", 1)},
        {Weight::kValueBias, stacked("attn.c_attn.bias", 2)},
        {Weight::kAttentionOut, {.name = "attn.c_proj.weight", .transposed = true}},
        {Weight::kAttentionOutBias, {.name = "attn.c_proj.bias"}},
        {Weight::kMlpNorm, {.name = "ln_2.weight"}},
        {Weight::kMlpNormBias, {.name = "ln_2.bias"}},
        {Weight::kMlpUp, {.name = "mlp.c_fc.weight", .transposed = true}},
        {Weight::kMlpUpBias, {.name = "mlp.c_fc.bias"}},
        {Weight::kMlpDown, {.name = "mlp.c_proj.weight", .transposed = true}},
        {Weight::kMlpDownBias, {.name = "mlp.c_proj.bias"}},
    };
    return tensors;
}

StoredTensor stored_hf(const CanonicalTensor& tensor, const ModelConfig&) {
    if (tensor.layer < 0) return {.name = std::string(model_names().at(tensor.weight))};
    StoredTensor out = layer_tensors().at(tensor.weight);
    out.name = "transformer.h." + std::to_string(tensor.layer) + "." + out.name;
    return out;
}

// OpenAI's own files lack "transformer.".
std::string plain_name(const std::string& file_name) {
    for (const char* part : {"h.", "wte.", "wpe.", "ln_f."})
        if (file_name.starts_with(part)) return "transformer." + file_name;
    return file_name;
}

// The causal mask as a buffer, and heads that change no hidden state.
bool ignorable(const std::string& name) {
    if (name.ends_with(".attn.bias") || name.ends_with(".attn.masked_bias")) return true;
    return !name.starts_with("transformer.") && name != "lm_head.bias";
}

ModelConfig read_gguf(const CheckpointReader& checkpoint) {
    const Metadata keys = gguf_metadata(checkpoint, "gpt2");
    ModelConfig config = read_gguf_sizes(checkpoint, "gpt2", "gpt2");
    set_recipe(config);
    read_gguf_layer_norm(keys, config);
    read_gguf_learned_positions(keys, config);
    return config;
}

ModelConfig scratch(const ScratchShape& shape, std::int64_t d_vocab) {
    if (shape.n_kv_heads != 0 && shape.n_kv_heads != shape.n_heads)
        throw Failure(FailureKind::kUsage, "every head of a GPT-2 has keys and values of its own", "n_kv_heads",
                      std::to_string(shape.n_heads) + " (n_heads) is allowed");
    ModelConfig config;
    set_recipe(config);
    config.family = "gpt2";
    config.n_layers = shape.n_layers;
    config.n_heads = config.n_kv_heads = shape.n_heads;
    config.d_model = shape.d_model;
    config.d_head = shape.d_model / shape.n_heads;
    config.d_mlp = shape.d_mlp > 0 ? shape.d_mlp : 4 * shape.d_model;
    config.d_vocab = d_vocab;
    config.n_ctx = shape.n_ctx;
    config.attention_scale = 1.0 / std::sqrt(static_cast<double>(config.d_head));
    config.tied_embeddings = shape.tied_embeddings;
    return config;
}

// Without dropout, which the class has otherwise, and without its numbers of GPT-2's own end of text.
nlohmann::json hf_config(const ModelConfig& config) {
    return {{"model_type", "gpt2"},
            {"architectures", {"GPT2LMHeadModel"}},
            {"n_layer", config.n_layers},
            {"n_head", config.n_heads},
            {"n_embd", config.d_model},
            {"n_inner", config.d_mlp},
            {"n_positions", config.n_ctx},
            {"vocab_size", config.d_vocab},
            {"layer_norm_epsilon", config.norm_epsilon},
            {"activation_function", "gelu_new"},
            {"attn_pdrop", 0.0},
            {"embd_pdrop", 0.0},
            {"resid_pdrop", 0.0},
            {"summary_first_dropout", 0.0},
            {"bos_token_id", nullptr},
            {"eos_token_id", nullptr}};
}

}  // namespace

Family gpt2_family() {
    return {.id = "gpt2",
            .label = "GPT-2",
            .config_json = Dialect{"gpt2", "GPT2", read_hf, stored_hf, plain_name, ignorable},
            .gguf = gguf_dialect("gpt2", read_gguf, gguf_stored_fused),
            .scratch = scratch,
            .hf_config = hf_config};
}

}  // namespace gatescope
