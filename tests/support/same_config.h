#pragma once
// Do two configs say the same model?

#include <tuple>

#include "model/config.h"

namespace gatescope {

inline bool same_config(const ModelConfig& a, const ModelConfig& b) {
    const auto sizes = [](const ModelConfig& c) {
        return std::tie(c.family, c.n_layers, c.n_heads, c.n_kv_heads, c.d_model, c.d_head, c.d_mlp, c.d_vocab, c.n_ctx,
                        c.causal, c.sliding_window, c.windowed_layers);
    };
    const auto recipe = [](const ModelConfig& c) {
        return std::tie(c.norm, c.norm_place, c.norm_epsilon, c.parallel_residual, c.attention_scale, c.qk_norm,
                        c.attention_softcap, c.qkv_bias, c.attention_out_bias, c.gated_mlp, c.activation, c.mlp_bias);
    };
    const auto rope = [](const ModelConfig& c) {
        return std::tie(c.learned_positions, c.rope_base, c.rope_dims, c.rope_scaling.kind, c.rope_scaling.factor,
                        c.rope_scaling.low_frequency_factor, c.rope_scaling.high_frequency_factor,
                        c.rope_scaling.original_positions, c.rope_divisors);
    };
    const auto ends = [](const ModelConfig& c) {
        return std::tie(c.embedding_scale, c.n_token_types, c.embedding_norm, c.tied_embeddings, c.lm_head,
                        c.unembedding_bias, c.final_softcap);
    };
    return sizes(a) == sizes(b) && recipe(a) == recipe(b) && rope(a) == rope(b) && ends(a) == ends(b);
}

}  // namespace gatescope
