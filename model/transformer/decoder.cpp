#include "model/transformer/decoder.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/index_select.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "model/core/error.h"
#include "model/transformer/norm.h"
#include "model/transformer/token_nll.h"

namespace gatescope {
namespace {

// Rows of logits held at once where only their log-likelihood is wanted.
constexpr std::int64_t kNllRows = 128;

void check_ids(std::span<const std::int32_t> ids, std::int64_t d_vocab) {
    if (ids.empty()) throw Failure(FailureKind::kUsage, "a window without tokens");
    for (const std::int32_t id : ids)
        if (id < 0 || id >= d_vocab)
            throw Failure(FailureKind::kUsage, "token id " + std::to_string(id) + " is out of range", {},
                          "the model has ids 0 to " + std::to_string(d_vocab - 1));
}

}  // namespace

Decoder::Decoder(ModelConfig config, Weights weights, at::Device device, DataType dtype)
    : config_(std::move(config)),
      weights_(std::move(weights)),
      device_(device),
      dtype_(dtype),
      rope_(config_.rope_dims, config_.rope_base) {}

at::Tensor Decoder::embed(std::span<const std::int32_t> ids) const {
    at::Tensor index_T = at::empty({static_cast<std::int64_t>(ids.size())}, at::kInt);
    std::copy(ids.begin(), ids.end(), index_T.data_ptr<std::int32_t>());
    return at::index_select(weights_.embedding_VD, 0, index_T.to(device_));
}

at::Tensor Decoder::attention(std::int64_t layer, const at::Tensor& resid_pre_TD, const ForwardRequest& request,
                              JobContext& job) {
    const LayerWeights& weights = weights_.layers[static_cast<std::size_t>(layer)];
    LayerInput input;
    input.layer = layer;
    input.x_TD = rms_norm(resid_pre_TD, weights.attention_norm_D, config_.norm_epsilon);
    const SplitHeads heads =
        split_and_rotate(weights.qkv.apply(input.x_TD), config_, rope_.upto(input.x_TD.size(0), device_));
    input.q_HTE = heads.q_HTE;
    input.k_GTE = heads.k_GTE;
    input.v_GTE = heads.v_GTE;
    input.scale = config_.attention_scale;
    input.softcap = config_.attention_softcap;
    input.reach = {config_.causal, config_.window_of(layer)};

    LayerSight sight;
    if (request.gate != nullptr && request.gate->touches(layer)) {
        request.gate->prepare(input, {request.window, request.nominal_window, 0, request.ids});
        sight.gate = request.gate;
    }
    std::vector<Observer*> watching;
    for (Observer* observer : request.observers) {
        observer->on_layer(input);
        if (observer->wants_blocks(layer)) watching.push_back(observer);
    }
    sight.observers = watching;
    return weights.attention_out.apply_plus(attend(input, sight, scratch_, job), resid_pre_TD);
}

at::Tensor Decoder::mlp(std::int64_t layer, const at::Tensor& resid_mid_TD) const {
    const LayerWeights& weights = weights_.layers[static_cast<std::size_t>(layer)];
    const at::Tensor x_TD = rms_norm(resid_mid_TD, weights.mlp_norm_D, config_.norm_epsilon);
    const at::Tensor hidden_TM = weights.mlp_up.apply_times(x_TD, weights.mlp_gate.apply_silu(x_TD));
    return weights.mlp_down.apply_plus(hidden_TM, resid_mid_TD);
}

at::Tensor Decoder::forward(const ForwardRequest& request, JobContext& job) {
    const c10::InferenceMode inference;
    check_ids(request.ids, config_.d_vocab);
    ForwardRequest run = request;
    if (run.nominal_window == 0) run.nominal_window = static_cast<std::int64_t>(run.ids.size());
    for (Observer* observer : run.observers) observer->begin_window(run.window, run.ids);
    at::Tensor resid_TD = embed(run.ids);
    for (std::int64_t layer = 0; layer < config_.n_layers; ++layer) {
        job.tick();
        resid_TD = mlp(layer, attention(layer, resid_TD, run, job));
    }
    for (Observer* observer : run.observers) observer->end_window();
    return rms_norm(resid_TD, weights_.final_norm_D, config_.norm_epsilon);
}

at::Tensor Decoder::logits(const at::Tensor& hidden_TD) {
    const c10::InferenceMode inference;
    return weights_.unembedding.apply(hidden_TD).to(at::kFloat);
}

std::vector<float> Decoder::token_nll(const at::Tensor& hidden_TD, std::span<const std::int32_t> ids, JobContext& job) {
    const c10::InferenceMode inference;
    check_ids(ids, config_.d_vocab);
    std::vector<float> out(ids.size(), std::nanf(""));
    const auto scored = static_cast<std::int64_t>(ids.size()) - 1;
    for (std::int64_t begin = 0; begin < scored; begin += kNllRows) {
        job.tick();
        const std::int64_t count = std::min(kNllRows, scored - begin);
        const at::Tensor logits_NV = weights_.unembedding.apply(hidden_TD.narrow(0, begin, count));
        const auto first = static_cast<std::size_t>(begin) + 1, size = static_cast<std::size_t>(count);
        nll_rows(logits_NV, ids.subspan(first, size), std::span(out).subspan(first, size));
    }
    return out;
}

}  // namespace gatescope
