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
#include "model/transformer/decoder_recipe.h"
#include "model/transformer/lm_head.h"
#include "model/transformer/token_nll.h"

namespace gatescope {
namespace {

// Rows of logits held at once where only their log-likelihood is wanted.
constexpr std::int64_t kNllRows = 128;

}  // namespace

Decoder::Decoder(ModelConfig config, Weights weights, at::Device device, DataType dtype)
    : config_(std::move(config)), weights_(std::move(weights)), device_(device), dtype_(dtype), rope_(config_) {}

at::Tensor Decoder::embed(std::span<const std::int32_t> ids) const {
    return embedded(config_, weights_, weights_.embedding.select(ids));
}

LayerInput Decoder::layer_input(std::int64_t layer, const at::Tensor& x_TD) {
    const LayerWeights& weights = layer_weights(layer);
    LayerInput input = bare_layer_input(config_, layer);
    input.x_TD = x_TD;
    const SplitHeads heads =
        split_and_rotate(weights.qkv.apply(x_TD), config_, weights.query_key_norms, rope_.upto(x_TD.size(0), device_));
    input.q_HTE = heads.q_HTE;
    input.k_GTE = heads.k_GTE;
    input.v_GTE = heads.v_GTE;
    return input;
}

at::Tensor Decoder::attention(std::int64_t layer, const at::Tensor& x_TD, const ForwardRequest& request,
                              JobContext& job) {
    const LayerInput input = layer_input(layer, x_TD);
    LayerSight sight;
    if (request.gate != nullptr && request.gate->touches(layer)) {
        const DecoderKernel<LayerWeights> kernel(config_, layer_weights(layer), rope_.upto(x_TD.size(0), device_));
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
    return attend(input, sight, scratch_, job);
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
        resid_TD = after_layer(config_, layer_weights(layer), resid_TD,
                               [&](const at::Tensor& x_TD) { return attention(layer, x_TD, run, job); });
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
