// B window, T token, N = B T rows, D d_model, H query head, G key/value head, E d_head.
#include "model/transformer/trained_decoder.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/embedding.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <string>
#include <utility>

#include "model/core/error.h"
#include "model/transformer/decoder_kernel.h"
#include "model/transformer/decoder_recipe.h"
#include "model/transformer/rope.h"
#include "model/transformer/trained/attention_function.h"
#include "model/transformer/trained/nll_function.h"
#include "model/transformer/trained_gating.h"
#include "model/transformer/trained_heads.h"
#include "model/transformer/trained_weights.h"

namespace gatescope {
namespace {

void check_model(const ModelConfig& config) {
    if (!config.causal)
        throw Failure(FailureKind::kUnsupported, "an encoder sees the token that it would predict, so it has no loss",
                      {}, "decoders train");
    if (config.lm_head == LmHead::kNone)
        throw Failure(FailureKind::kUnsupported, "the checkpoint has no language-model head, so it has no loss");
}

void check_batch(const TrainBatch& batch, const ModelConfig& config) {
    check_ids(batch.ids, config.d_vocab);
    check_length(batch.length, config);
    if (batch.windows < 1 || batch.length < 2 || std::ssize(batch.ids) != batch.windows * batch.length ||
        std::ssize(batch.numbers) != batch.windows)
        throw Failure(FailureKind::kUsage, "a batch of " + std::to_string(batch.windows) + " windows of " +
                                               std::to_string(batch.length) + " tokens that holds " +
                                               std::to_string(batch.ids.size()) + " tokens");
}

at::Tensor ids_BT(const TrainBatch& batch, at::Device device) {
    const at::Tensor out = at::empty({batch.windows, batch.length}, at::kLong);
    std::copy(batch.ids.begin(), batch.ids.end(), out.data_ptr<std::int64_t>());
    return out.to(device);
}

// Of every row the token that follows; a window's last row is not scored.
at::Tensor targets_N(const at::Tensor& tokens_BT) {
    const at::Tensor out_BT = at::full(tokens_BT.sizes(), -1, tokens_BT.options());
    const std::int64_t scored = tokens_BT.size(1) - 1;
    out_BT.narrow(1, 0, scored).copy_(tokens_BT.narrow(1, 1, scored));
    return out_BT.view({-1});
}

BatchHeads detached(const BatchHeads& heads) {
    return {heads.q_BHTE.detach(), heads.k_BGTE.detach(), heads.v_BGTE.detach()};
}

void show(const std::vector<LayerInput>& inputs, const TrainBatch& batch) {
    const at::NoGradGuard no_graph;
    for (const LayerInput& input : inputs)
        for (Observer* observer : batch.observers) observer->on_layer(input);
}

// The way back is twice as long as the way forth. What is thrown comes out of autograd's call as it is.
void tick_on_the_way_back(const at::Tensor& resid_ND, JobContext* job) {
    if (job == nullptr || !resid_ND.requires_grad()) return;
    resid_ND.register_hook([job](const at::Tensor&) { job->tick(); });
}

}  // namespace

struct TrainedDecoder::State {
    ModelConfig config;
    TrainedWeights weights;
    at::Device device;
    DataType compute;
    RopeTable rope;

    at::Tensor embed(const at::Tensor& tokens_BT) const {
        return embedded(config, weights, at::embedding(weights.embedding_VD, tokens_BT)).flatten(0, 1);
    }

    at::Tensor attention(std::int64_t layer, const at::Tensor& x_ND, const TrainBatch& batch, JobContext& job) {
        const TrainedLayer& layer_weights = weights.layers[static_cast<std::size_t>(layer)];
        const RopeTable::Slice positions = rope.upto(batch.length, device);
        const BatchHeads heads = split_and_rotate(layer_weights.qkv.apply(x_ND), batch.windows, config,
                                                  layer_weights.query_key_norms, positions);
        const DecoderKernel<TrainedLayer> kernel(config, layer_weights, positions);
        LayerInput input = bare_layer_input(config, layer);
        const at::Tensor x_BTD = x_ND.unflatten(0, {batch.windows, batch.length});
        if (!batch.observers.empty()) show(window_inputs(input, x_BTD.detach(), detached(heads)), batch);
        if (batch.gate == nullptr || !batch.gate->touches(layer))
            return trained_attention(
                       {heads.q_BHTE, heads.k_BGTE, heads.v_BGTE, input.scale, input.softcap, input.reach}, {}, {},
                       compute)
                .flatten(0, 1);
        input.kernel = &kernel;
        return attend_gated(window_inputs(input, x_BTD, heads), x_BTD, batch, compute, job);
    }
};

TrainedDecoder::TrainedDecoder(ModelConfig config, const Parameters& parameters, at::Device device, DataType compute) {
    check_model(config);
    RopeTable rope(config);
    TrainedWeights weights = trained_weights(config, parameters, compute);
    state_ = std::make_unique<State>(State{std::move(config), std::move(weights), device, compute, std::move(rope)});
}

TrainedDecoder::~TrainedDecoder() = default;

at::Tensor TrainedDecoder::loss(const TrainBatch& batch, JobContext& job) {
    const c10::InferenceMode off(false);
    const at::AutoGradMode graph(true);
    const ModelConfig& config = state_->config;
    const TrainedWeights& weights = state_->weights;
    check_batch(batch, config);
    const at::Tensor tokens_BT = ids_BT(batch, state_->device);
    at::Tensor resid_ND = state_->embed(tokens_BT);
    for (std::int64_t layer = 0; layer < config.n_layers; ++layer) {
        job.tick();
        resid_ND = after_layer(config, weights.layers[static_cast<std::size_t>(layer)], resid_ND,
                               [&](const at::Tensor& x_ND) { return state_->attention(layer, x_ND, batch, job); });
        tick_on_the_way_back(resid_ND, batch.way_back);
    }
    job.tick();
    const at::Tensor hidden_ND = weights.final_norm.present() ? weights.final_norm.apply(resid_ND) : resid_ND;
    return mean_nll(head_input(config, weights.head, hidden_ND), weights.head.unembedding.weight_OI(),
                    weights.head.unembedding.bias_O(), targets_N(tokens_BT), config.final_softcap, state_->compute);
}

}  // namespace gatescope
