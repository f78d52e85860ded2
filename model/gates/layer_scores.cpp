#include "model/gates/layer_scores.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/tanh.h>

#include <limits>

#include "model/key_reach_aten.h"

namespace gatescope {

at::Tensor for_query_heads(const at::Tensor& x_GTE, std::int64_t n_heads) {
    return n_heads == x_GTE.size(0) ? x_GTE : x_GTE.repeat_interleave(n_heads / x_GTE.size(0), 0);
}

at::Tensor softly_capped(const at::Tensor& scores, double cap) {
    return cap > 0 ? at::tanh(scores / cap) * cap : scores;
}

at::Tensor layer_scores(const LayerInput& layer, const ScorePlace& place) {
    const std::int64_t n_keys = layer.reach.end(place.query_end - 1, layer.q_HTE.size(1));
    const at::Tensor q_HQE = layer.q_HTE.narrow(0, place.head_begin, place.n_heads)
                                 .slice(1, place.query_begin, place.query_end)
                                 .to(at::kFloat);
    const at::Tensor k_HKE = for_query_heads(layer.k_GTE.slice(1, 0, n_keys), layer.q_HTE.size(0))
                                 .narrow(0, place.head_begin, place.n_heads)
                                 .to(at::kFloat);
    const at::Tensor scores_HQK = softly_capped(at::bmm(q_HQE * layer.scale, k_HKE.transpose(1, 2)), layer.softcap);
    const at::Tensor allowed_QK = allowed_keys_QK(layer.reach, place.query_begin, place.query_end - place.query_begin,
                                                  0, n_keys, scores_HQK.options());
    return scores_HQK.masked_fill(allowed_QK.logical_not(), -std::numeric_limits<float>::infinity());
}

}  // namespace gatescope
