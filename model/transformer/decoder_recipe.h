#pragma once
// What a decoder's layer is made of, whatever form its weights have: those that analyses run on (weights.h) or those
// that are trained (trained_weights.h); both name their members alike. D d_model, T token, M d_mlp.

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>

#include "model/config.h"
#include "model/hooks.h"

namespace gatescope {

// Throw Failure(kUsage): a window without tokens, ids out of range; more tokens than there are learned positions.
void check_ids(std::span<const std::int32_t> ids, std::int64_t d_vocab);
void check_length(std::int64_t length, const ModelConfig& config);

// A layer's input but for its tensors.
LayerInput bare_layer_input(const ModelConfig& config, std::int64_t layer);

// Models are trained with constants in their own type: Gemma's sqrt(d_model) in bfloat16 is not that in float32.
double rounded_to(at::ScalarType dtype, double value);

// The stream that enters the first layer, [..., T, D], from rows of the embedding, which are written to.
template <typename Weights>
at::Tensor embedded(const ModelConfig& config, const Weights& weights, at::Tensor rows_TD) {
    if (config.embedding_scale != 1.0) rows_TD.mul_(rounded_to(rows_TD.scalar_type(), config.embedding_scale));
    if (config.n_token_types > 0) rows_TD.add_(weights.token_type_SD.select(0, 0));
    if (config.learned_positions) rows_TD.add_(weights.position_PD.narrow(0, 0, rows_TD.size(-2)));
    return config.embedding_norm ? weights.embedding_norm.apply(rows_TD) : rows_TD;
}

// A sublayer's output, `out` of z, comes into the residual stream.
template <typename Linear, typename Norm>
at::Tensor joined(const ModelConfig& config, const at::Tensor& resid_TD, const Linear& out, const at::Tensor& z,
                  const Norm& post_norm) {
    switch (config.norm_place) {
        case NormPlace::kBefore:
            break;
        case NormPlace::kAfterSublayer:
        case NormPlace::kAround:
            return post_norm.apply_plus(out.apply(z), resid_TD);
        case NormPlace::kAfterResidual:
            return post_norm.apply(out.apply_plus(z, resid_TD));
    }
    return out.apply_plus(z, resid_TD);
}

// Of the norm of `stream`, added to resid_mid.
template <typename Layer>
at::Tensor after_mlp(const ModelConfig& config, const Layer& weights, const at::Tensor& stream_TD,
                     const at::Tensor& resid_mid_TD) {
    const at::Tensor x_TD = config.norms_input() ? weights.mlp_norm.apply(stream_TD) : stream_TD;
    const at::Tensor hidden_TM = config.gated_mlp
                                     ? weights.mlp_up.apply_gated(x_TD, weights.mlp_gate, config.activation)
                                     : weights.mlp_up.apply(x_TD, config.activation);
    return joined(config, resid_mid_TD, weights.mlp_down, hidden_TM, weights.mlp_post_norm);
}

// The stream that leaves a layer; `attend` makes the heads' outputs, side by side, of attention's input.
template <typename Layer, typename Attend>
at::Tensor after_layer(const ModelConfig& config, const Layer& weights, const at::Tensor& resid_TD,
                       const Attend& attend) {
    const at::Tensor x_TD = config.norms_input() ? weights.attention_norm.apply(resid_TD) : resid_TD;
    const at::Tensor resid_mid_TD =
        joined(config, resid_TD, weights.attention_out, attend(x_TD), weights.attention_post_norm);
    return after_mlp(config, weights, config.parallel_residual ? resid_TD : resid_mid_TD, resid_mid_TD);
}

// What the unembedding multiplies.
template <typename Head>
at::Tensor head_input(const ModelConfig& config, const Head& weights, const at::Tensor& hidden_ND) {
    if (config.lm_head != LmHead::kTransform) return hidden_ND;
    return weights.norm.apply(weights.dense.apply(hidden_ND, config.activation));
}

}  // namespace gatescope
