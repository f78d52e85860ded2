// H query head, G key/value head, T token, E d_head, D d_model, X any head.
#include "model/transformer/decoder_kernel.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/mean.h>

#include "model/transformer/trained_weights.h"
#include "model/transformer/weights.h"

namespace gatescope {
namespace {

// Gain over root mean square, by which `changed` becomes the norm of x: [heads of `changed`, T or 1 ..., E or 1].
template <typename Norm>
at::Tensor normed(const at::Tensor& changed_HTE, const at::Tensor& unchanged_XTE, const Norm& norm) {
    if (!norm.present()) return changed_HTE;
    const std::int64_t n_heads = changed_HTE.size(0), d_head = changed_HTE.size(2);
    const std::int64_t normed_heads = norm.gain_D.numel() / d_head;  // 1, or all of the projection
    const at::Tensor square = unchanged_XTE.square();
    const at::Tensor mean_XT1 =
        normed_heads == 1 ? square.mean({2}, /*keepdim=*/true) : square.mean(at::IntArrayRef{0, 2}, /*keepdim=*/true);
    const auto for_changed = [&](const at::Tensor& x) {
        return x.size(0) == 1 || x.size(0) == n_heads ? x : x.repeat_interleave(n_heads / x.size(0), 0);
    };
    const at::Tensor gain_X1E = norm.gain_D.view({normed_heads, 1, d_head});
    return changed_HTE * for_changed((mean_XT1 + norm.epsilon).rsqrt()) * for_changed(gain_X1E);
}

}  // namespace

template <typename Layer>
QueriesAndKeys DecoderKernel<Layer>::weights() const {
    const std::int64_t heads = config_.n_heads, kv_heads = config_.n_kv_heads;
    const at::Tensor all_XED = weights_.qkv.weight_OI().to(at::kFloat).view({-1, config_.d_head, config_.d_model});
    return {all_XED.narrow(0, 0, heads), all_XED.narrow(0, heads, kv_heads)};
}

template <typename Layer>
QueriesAndKeys DecoderKernel<Layer>::project(const at::Tensor& x_TD) const {
    const std::int64_t heads = config_.n_heads, kv_heads = config_.n_kv_heads;
    const at::Tensor all_XTE =
        weights_.qkv.apply(x_TD).to(at::kFloat).view({x_TD.size(0), -1, config_.d_head}).transpose(0, 1);
    return {all_XTE.narrow(0, 0, heads), all_XTE.narrow(0, heads, kv_heads)};
}

template <typename Layer>
QueriesAndKeys DecoderKernel<Layer>::finish(const QueriesAndKeys& changed, const QueriesAndKeys& unchanged) const {
    const auto& norms = weights_.query_key_norms;
    return {rotate_heads(normed(changed.q_HTE, unchanged.q_HTE, norms.query), config_.rope_dims, rope_),
            rotate_heads(normed(changed.k_GTE, unchanged.k_GTE, norms.key), config_.rope_dims, rope_)};
}

template class DecoderKernel<LayerWeights>;
template class DecoderKernel<TrainedLayer>;

}  // namespace gatescope
