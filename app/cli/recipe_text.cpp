#include "app/cli/recipe_text.h"

#include <cmath>

#include "app/engine/text_table.h"

namespace gatescope {
namespace {

constexpr std::size_t kMostLayers = 8;  // named one by one

std::string norm_word(const ModelConfig& config) {
    return config.norm == NormKind::kRms ? "RMSNorm" : "LayerNorm";
}

const char* place_words(NormPlace place) {
    switch (place) {
        case NormPlace::kBefore:
            return "before attention and MLP";
        case NormPlace::kAfterSublayer:
            return "after attention and MLP";
        case NormPlace::kAround:
            return "before and after attention and MLP";
        case NormPlace::kAfterResidual:
            return "after each residual sum";
    }
    return "";
}

const char* activation_word(Activation activation) {
    switch (activation) {
        case Activation::kSilu:
            return "SiLU";
        case Activation::kGelu:
            return "GELU";
        case Activation::kGeluTanh:
            return "GELU (tanh)";
        case Activation::kRelu:
            return "ReLU";
    }
    return "";
}

std::string layers_of_window(const ModelConfig& config) {
    if (config.windowed_layers.empty()) return "";
    std::string out;
    std::size_t count = 0;
    for (std::size_t layer = 0; layer < config.windowed_layers.size(); ++layer) {
        if (!config.windowed_layers[layer]) continue;
        if (count < kMostLayers) out += (count == 0 ? "" : ", ") + std::to_string(layer);
        if (count == kMostLayers) out += ", ...";
        ++count;
    }
    return " in " + std::to_string(count) + " of " + std::to_string(config.n_layers) + " layers (" + out + ")";
}

std::string attention(const ModelConfig& config) {
    std::string out = std::to_string(config.n_heads) + " heads of " + std::to_string(config.d_head) + ", " +
                      std::to_string(config.n_kv_heads) + " key/value heads";
    if (!config.causal) out += ", of all tokens (an encoder)";
    if (config.qk_norm == QkNorm::kHead) out += ", queries and keys normed by head";
    if (config.qk_norm == QkNorm::kProjection) out += ", queries and keys normed over all heads";
    if (std::abs(config.attention_scale * std::sqrt(static_cast<double>(config.d_head)) - 1) > 1e-6)
        out += ", scores times " + number("%g", config.attention_scale);
    if (config.attention_softcap > 0) out += ", scores soft-capped at " + number("%g", config.attention_softcap);
    if (config.qkv_bias) out += ", biases on q, k, v";
    if (config.attention_out_bias) out += config.qkv_bias ? " and output" : ", bias on output";
    if (config.sliding_window > 0)
        out += ", sliding window " + std::to_string(config.sliding_window) + layers_of_window(config);
    return out;
}

std::string scaling(const ModelConfig& config) {
    const RopeScaling& scaling = config.rope_scaling;
    const std::string factor = number("%g", scaling.factor), from = std::to_string(scaling.original_positions);
    std::string out = config.rope_divisors.empty() ? "" : ", the file's own table of divisors";
    switch (scaling.kind) {
        case RopeScaling::Kind::kNone:
            return out;
        case RopeScaling::Kind::kLinear:
            return out + ", linear scaling by " + factor;
        case RopeScaling::Kind::kDynamic:
            return out + ", dynamic scaling by " + factor + " beyond " + from;
        case RopeScaling::Kind::kLlama3:
            return out + ", llama3 scaling by " + factor + " from " + from;
    }
    return out;
}

std::string positions(const ModelConfig& config) {
    const std::string count = std::to_string(config.n_ctx);
    if (config.learned_positions) return count + " (learned)";
    return count + " (RoPE, base " + number("%g", config.rope_base) + ", " + std::to_string(config.rope_dims) +
           " channels" + scaling(config) + ")";
}

std::string mlp(const ModelConfig& config) {
    std::string out = activation_word(config.activation);
    if (config.gated_mlp) out += ", gated";
    if (config.mlp_bias) out += ", biases";
    return config.parallel_residual ? out + ", beside attention" : out;
}

std::string embeddings(const ModelConfig& config) {
    std::string out = config.tied_embeddings ? "tied" : "untied";
    if (config.lm_head == LmHead::kNone) out = "no LM head: neither logits nor perplexity";
    if (config.lm_head == LmHead::kTransform) out += ", masked-LM head";
    if (config.unembedding_bias) out += ", bias on logits";
    if (config.final_softcap > 0) out += ", logits soft-capped at " + number("%g", config.final_softcap);
    if (config.embedding_scale != 1) out += ", embeddings times " + number("%g", config.embedding_scale);
    if (config.embedding_norm) out += ", embeddings normed";
    if (config.n_token_types > 0) out += ", " + std::to_string(config.n_token_types) + " token types";
    return out;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> recipe_rows(const ModelConfig& config) {
    return {
        {"layers", std::to_string(config.n_layers)},
        {"attention", attention(config)},
        {"d_model", std::to_string(config.d_model)},
        {"d_mlp", std::to_string(config.d_mlp)},
        {"mlp", mlp(config)},
        {"norms",
         norm_word(config) + " " + place_words(config.norm_place) + ", epsilon " + number("%g", config.norm_epsilon)},
        {"positions", positions(config)},
        {"embeddings", embeddings(config)},
    };
}

}  // namespace gatescope
