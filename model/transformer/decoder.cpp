#include "model/transformer/decoder.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/index_select.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "model/core/error.h"
#include "model/transformer/decoder_kernel.h"
#include "model/transformer/lm_head.h"
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

void check_length(std::int64_t length, const ModelConfig& config) {
    if (config.learned_positions && length > config.n_ctx)
        throw Failure(FailureKind::kUsage, "a window of " + std::to_string(length) + " tokens is too long", {},
                      "the model has learned " + std::to_string(config.n_ctx) + " positions");
}

// Models are trained with constants in their own type: Gemma's sqrt(d_model) in bfloat16 is not that in float32.
double rounded_to(at::ScalarType dtype, double value) {
    const auto narrow = static_cast<float>(value);
    return static_cast<double>(dtype == at::kBFloat16 ? static_cast<float>(at::BFloat16(narrow)) : narrow);
}

}  // namespace

Decoder::Decoder(ModelConfig config, Weights weights, at::Device device, DataType dtype)
    : config_(std::move(config)), weights_(std::move(weights)), device_(device), dtype_(dtype), rope_(config_) {}

at::Tensor Decoder::embed(std::span<const std::int32_t> ids) const {
    const auto length = static_cast<std::int64_t>(ids.size());
    at::Tensor resid_TD = weights_.embedding.select(ids);
    if (config_.embedding_scale != 1.0) resid_TD.mul_(rounded_to(resid_TD.scalar_type(), config_.embedding_scale));
    if (config_.n_token_types > 0) resid_TD.add_(weights_.token_type_SD.select(0, 0));
    if (config_.learned_positions) resid_TD.add_(weights_.position_PD.narrow(0, 0, length));
    return config_.embedding_norm ? weights_.embedding_norm.apply(resid_TD) : resid_TD;
}

LayerInput Decoder::layer_input(std::int64_t layer, const at::Tensor& resid_pre_TD) {
    const LayerWeights& weights = layer_weights(layer);
    LayerInput input;
    input.layer = layer;
    input.x_TD = config_.norms_input() ? weights.attention_norm.apply(resid_pre_TD) : resid_pre_TD;
    const SplitHeads heads = split_and_rotate(weights.qkv.apply(input.x_TD), config_, weights.query_key_norms,
                                              rope_.upto(input.x_TD.size(0), device_));
    input.q_HTE = heads.q_HTE;
    input.k_GTE = heads.k_GTE;
    input.v_GTE = heads.v_GTE;
    input.scale = config_.attention_scale;
    input.softcap = config_.attention_softcap;
    input.rope_base = config_.learned_positions ? 0 : config_.rope_base;
    input.reach = {config_.causal, config_.window_of(layer)};
    return input;
}

at::Tensor Decoder::attention(std::int64_t layer, const at::Tensor& resid_pre_TD, const ForwardRequest& request,
                              JobContext& job) {
    const LayerInput input = layer_input(layer, resid_pre_TD);
    LayerSight sight;
    if (request.gate != nullptr && request.gate->touches(layer)) {
        const DecoderKernel kernel(config_, layer_weights(layer), rope_.upto(input.x_TD.size(0), device_));
        LayerInput open = input;
        open.kernel = &kernel;
        request.gate->prepare(open, {request.window, request.nominal_window, 0, request.ids});
        sight.gate = request.gate;
    }
    std::vector<Observer*> watching, last;
    for (Observer* observer : request.observers) {
        observer->on_layer(input);
        if (observer->wants_blocks(layer)) (observer->last_block_only() ? last : watching).push_back(observer);
    }
    sight.observers = watching;
    sight.last = last;
    const LayerWeights& weights = layer_weights(layer);
    return join(resid_pre_TD, weights.attention_out, attend(input, sight, scratch_, job), weights.attention_post_norm);
}

at::Tensor Decoder::mlp(std::int64_t layer, const at::Tensor& stream_TD, const at::Tensor& resid_mid_TD) const {
    const LayerWeights& weights = layer_weights(layer);
    const at::Tensor x_TD = config_.norms_input() ? weights.mlp_norm.apply(stream_TD) : stream_TD;
    const at::Tensor hidden_TM =
        config_.gated_mlp ? weights.mlp_up.apply_times(x_TD, weights.mlp_gate.apply(x_TD, config_.activation))
                          : weights.mlp_up.apply(x_TD, config_.activation);
    return join(resid_mid_TD, weights.mlp_down, hidden_TM, weights.mlp_post_norm);
}

at::Tensor Decoder::join(const at::Tensor& resid_TD, const Linear& out, const at::Tensor& z,
                         const Norm& post_norm) const {
    switch (config_.norm_place) {
        case NormPlace::kBefore:
            break;
        case NormPlace::kAfterSublayer:
        case NormPlace::kAround:
            return post_norm.apply(out.apply(z)).add_(resid_TD);
        case NormPlace::kAfterResidual:
            return post_norm.apply(out.apply_plus(z, resid_TD));
    }
    return out.apply_plus(z, resid_TD);
}

StreamPoint Decoder::start_of(const ForwardRequest& request) const {
    const auto length = static_cast<std::int64_t>(request.ids.size());
    if (!request.start.resid_TD.defined()) return {0, embed(request.ids)};
    const at::Tensor& resid_TD = request.start.resid_TD;
    const bool fits = resid_TD.dim() == 2 && resid_TD.size(0) == length && resid_TD.size(1) == config_.d_model;
    if (!fits || request.start.layer < 0 || request.start.layer > config_.n_layers)
        throw Failure(FailureKind::kUsage, "a kept stream that is not of this window and model");
    return request.start;
}

at::Tensor Decoder::forward(const ForwardRequest& request, JobContext& job) {
    const c10::InferenceMode inference;
    check_ids(request.ids, config_.d_vocab);
    check_length(static_cast<std::int64_t>(request.ids.size()), config_);
    ForwardRequest run = request;
    if (run.nominal_window == 0) run.nominal_window = static_cast<std::int64_t>(run.ids.size());
    for (Observer* observer : run.observers) observer->begin_window(run.window, run.ids);
    auto [layer, resid_TD] = start_of(run);
    const bool whole = run.end < 0;
    for (const std::int64_t end = whole ? config_.n_layers : std::min(run.end, config_.n_layers); layer < end;
         ++layer) {
        job.tick();
        if (run.keeper != nullptr) run.keeper->keep(layer, resid_TD);
        const at::Tensor resid_mid_TD = attention(layer, resid_TD, run, job);
        resid_TD = mlp(layer, config_.parallel_residual ? resid_TD : resid_mid_TD, resid_mid_TD);
    }
    for (Observer* observer : run.observers) observer->end_window();
    return whole && weights_.final_norm.present() ? weights_.final_norm.apply(resid_TD) : resid_TD;
}

at::Tensor Decoder::logits(const at::Tensor& hidden_TD) {
    const c10::InferenceMode inference;
    return lm_head_logits(weights_.head, config_, hidden_TD).to(at::kFloat);
}

std::vector<float> Decoder::token_nll(const at::Tensor& hidden_TD, std::span<const std::int32_t> ids, JobContext& job) {
    const c10::InferenceMode inference;
    check_ids(ids, config_.d_vocab);
    if (!config_.causal)
        throw Failure(FailureKind::kUnsupported,
                      "an encoder sees the token that it would predict, so it has no perplexity");
    std::vector<float> out(ids.size(), std::nanf(""));
    const auto scored = static_cast<std::int64_t>(ids.size()) - 1;
    for (std::int64_t begin = 0; begin < scored; begin += kNllRows) {
        job.tick();
        const std::int64_t count = std::min(kNllRows, scored - begin);
        const at::Tensor logits_NV = lm_head_logits(weights_.head, config_, hidden_TD.narrow(0, begin, count));
        const auto first = static_cast<std::size_t>(begin) + 1, size = static_cast<std::size_t>(count);
        nll_rows(logits_NV, ids.subspan(first, size), std::span(out).subspan(first, size));
    }
    return out;
}

}  // namespace gatescope
