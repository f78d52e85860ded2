// Q query, K key.
#include "model/transformer/trained_gating.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/unbind.h>
#include <ATen/ops/where.h>

#include <algorithm>

#include "model/gates/layer_scores.h"
#include "model/transformer/attention.h"
#include "model/transformer/trained/attention_function.h"

namespace gatescope {
namespace {

// [H, 1, 1] bool.
at::Tensor chosen_heads(const std::vector<bool>& chosen, at::Device device) {
    const at::Tensor out = at::empty({static_cast<std::int64_t>(chosen.size())}, at::kBool);
    std::copy(chosen.begin(), chosen.end(), out.data_ptr<bool>());
    return out.to(device).view({-1, 1, 1});
}

bool all_of(const std::vector<bool>& chosen) {
    return std::find(chosen.begin(), chosen.end(), false) == chosen.end();
}

// What the gate is shown, without a graph; only their shape where nobody reads them.
at::Tensor shown_scores(const LayerInput& input, const GateRun& gate) {
    const at::NoGradGuard no_graph;
    const std::int64_t n_heads = input.q_HTE.size(0), length = input.q_HTE.size(1);
    if (gate.reads_scores()) return layer_scores(input, {0, n_heads, 0, length});
    return at::empty({1}, input.q_HTE.options().dtype(at::kFloat).requires_grad(false))
        .expand({n_heads, length, length});
}

at::Tensor replaced_scores(const LayerInput& input, const TrainedBlock& block) {
    if (all_of(block.own_scores)) return block.scores_HQK;
    return at::where(chosen_heads(block.own_scores, input.q_HTE.device()), block.scores_HQK, plain_scores(input));
}

// [T, H * E] of one window.
at::Tensor output(const LayerInput& input, const TrainedBlock& block, DataType compute) {
    const auto one = [](const at::Tensor& x) { return x.defined() ? x.unsqueeze(0) : x; };
    if (block.scores_HQK.defined())
        return attend_plain(input, {block.keep_HQK, block.bias_HQK, replaced_scores(input, block)});
    return trained_attention(
               {one(input.q_HTE), one(input.k_GTE), one(input.v_GTE), input.scale, input.softcap, input.reach},
               one(block.bias_HQK), one(block.keep_HQK), compute)
        .squeeze(0);
}

at::Tensor attend_window(const LayerInput& input, const TrainedBlock& block, DataType compute) {
    if (!block.z_HQE.defined()) return output(input, block, compute);
    const at::Tensor own_TX = block.z_HQE.expand_as(input.q_HTE).transpose(0, 1).flatten(1, 2);
    if (all_of(block.own_output)) return own_TX;
    const at::Tensor own_T = chosen_heads(block.own_output, input.q_HTE.device())
                                 .expand({-1, 1, input.q_HTE.size(2)})
                                 .transpose(0, 1)
                                 .flatten(1, 2);
    return at::where(own_T, own_TX, output(input, block, compute));
}

}  // namespace

std::vector<LayerInput> window_inputs(const LayerInput& layer, const at::Tensor& x_BTD, const BatchHeads& heads) {
    const auto x = x_BTD.unbind(0), q = heads.q_BHTE.unbind(0), k = heads.k_BGTE.unbind(0), v = heads.v_BGTE.unbind(0);
    std::vector<LayerInput> out(x.size(), layer);
    for (std::size_t window = 0; window < x.size(); ++window) {
        out[window].x_TD = x[window];
        out[window].q_HTE = q[window];
        out[window].k_GTE = k[window];
        out[window].v_GTE = v[window];
    }
    return out;
}

at::Tensor attend_gated(const std::vector<LayerInput>& inputs, const at::Tensor& x_BTD, const TrainBatch& batch,
                        DataType compute, JobContext& job) {
    std::vector<at::Tensor> z_TX;
    batch.gate->begin_batch(inputs.front(), x_BTD);
    for (std::size_t window = 0; window < inputs.size(); ++window) {
        job.tick();
        const LayerInput& input = inputs[window];
        const auto first = window * static_cast<std::size_t>(batch.length);
        batch.gate->prepare(input, {batch.numbers[window], batch.length, batch.step,
                                    batch.ids.subspan(first, static_cast<std::size_t>(batch.length)), true,
                                    static_cast<std::int64_t>(window)});
        const TrainedBlock block = batch.gate->apply_trained({0, batch.length, shown_scores(input, *batch.gate), 0});
        z_TX.push_back(attend_window(input, block, compute));
    }
    return at::cat(z_TX);
}

}  // namespace gatescope
