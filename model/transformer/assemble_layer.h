#pragma once
// Which weights a layer is made of, for a loader of any form of them: linear() of matrices stacked and their biases,
// norm() of a gain and its bias, query_key_norms().

#include <cstdint>

#include "model/config.h"
#include "model/families/canonical_tensors.h"

namespace gatescope {

template <typename Layer, typename Loader>
Layer assemble_layer(Loader& loader, const ModelConfig& config, std::int64_t layer) {
    using W = Weight;
    Layer out;
    out.attention_norm = loader.norm(config.norm, W::kAttentionNorm, W::kAttentionNormBias, layer);
    out.qkv = loader.linear({W::kQuery, W::kKey, W::kValue}, {W::kQueryBias, W::kKeyBias, W::kValueBias}, layer);
    if (config.qk_norm != QkNorm::kNone) out.query_key_norms = loader.query_key_norms(layer);
    out.attention_out = loader.linear({W::kAttentionOut}, {W::kAttentionOutBias}, layer);
    out.attention_post_norm = loader.norm(config.norm, W::kAttentionPostNorm, W::kAttentionPostNormBias, layer);
    out.mlp_norm = loader.norm(config.norm, W::kMlpNorm, W::kMlpNormBias, layer);
    if (config.gated_mlp) out.mlp_gate = loader.linear({W::kMlpGate}, {W::kMlpGateBias}, layer);
    out.mlp_up = loader.linear({W::kMlpUp}, {W::kMlpUpBias}, layer);
    out.mlp_down = loader.linear({W::kMlpDown}, {W::kMlpDownBias}, layer);
    out.mlp_post_norm = loader.norm(config.norm, W::kMlpPostNorm, W::kMlpPostNormBias, layer);
    return out;
}

template <typename Head, typename Loader>
Head assemble_head(Loader& loader, const ModelConfig& config) {
    using W = Weight;
    Head out;
    if (config.lm_head == LmHead::kNone) return out;
    const W matrix = config.tied_embeddings ? W::kEmbedding : W::kUnembedding;
    out.unembedding = loader.linear({matrix}, {W::kUnembeddingBias});
    if (config.lm_head == LmHead::kTransform) {
        out.dense = loader.linear({W::kHeadDense}, {W::kHeadDenseBias});
        out.norm = loader.norm(config.norm, W::kHeadNorm, W::kHeadNormBias);
    }
    return out;
}

}  // namespace gatescope
