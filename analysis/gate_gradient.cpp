// Shapes: H query head, T token, B block, E d_head, D d_model, C gate_dim, M index head, R its width.
#include "analysis/gate_gradient.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/log_sigmoid.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <cmath>

#include "analysis/distillation_setup.h"
#include "model/core/error.h"
#include "model/gates/block_learned.h"
#include "model/gates/block_sets.h"
#include "model/gates/indexer.h"
#include "model/gates/key_sets.h"
#include "model/train/trainable_gate.h"
#include "model/transformer/attention.h"
#include "model/transformer/transformer.h"

namespace gatescope {
namespace {

constexpr std::size_t kMostTokens = 512;  // scores of all heads and their gradients are held at once

// Scores of keys, or of whole blocks of them, and the arrays that they come from.
struct TrainableScores {
    at::Tensor scores_HTT, scores_HTB;  // one of them
    std::vector<at::Tensor> arrays;
};

// The first values of a training.
std::vector<at::Tensor> first_arrays(const DistillRequest& request, const std::string& gate, const LayerInput& layer) {
    std::vector<at::Tensor> arrays = trainable_gate(gate).random(layer, train_shape(request));
    for (at::Tensor& array : arrays) array = array.to(layer.x_TD.device()).requires_grad_(true);
    return arrays;
}

at::Tensor scores_of_indexer(const std::vector<at::Tensor>& arrays, const LayerInput& layer) {
    const IndexerSides sides = indexer_sides(layer.x_TD, {arrays[0], arrays[1], arrays[2]});
    const at::Tensor scores_TT = indexer_scores(sides.query_MTR, sides.key_TR, sides.weight_TM);
    return scores_TT.unsqueeze(0).expand({layer.q_HTE.size(0), -1, -1});
}

TrainableScores scores_of(const DistillRequest& request, const std::string& gate, const LayerInput& layer) {
    const std::vector<at::Tensor> arrays = first_arrays(request, gate, layer);
    if (gate == "indexer") return {scores_of_indexer(arrays, layer), {}, arrays};
    if (gate == "block-learned") {
        const BlockFeatures features =
            block_learned_features(layer.x_TD, {arrays[0], arrays[1]}, request.keys_per_block, false);
        return {{}, at::bmm(features.query_HTF, features.block_GBF.transpose(1, 2)), arrays};
    }
    const GateSides sides = bilinear_sides(layer.x_TD, {arrays[0], arrays[1]}, request.rope ? layer.rope_base : 0.0);
    return {bilinear_scores(sides.query_HTC, sides.key_HTC), {}, arrays};
}

// Nothing is cut off from the graph here: that the choice itself has no derivative is what is shown.
PlainGate as_set(const TrainableScores& gate, const DistillRequest& request, const LayerInput& layer) {
    const std::int64_t n_heads = layer.q_HTE.size(0), length = layer.q_HTE.size(1);
    if (gate.scores_HTB.defined())
        return {
            keys_of_blocks(gate.scores_HTB, {0, layer.reach, request.keys_per_block,
                                             std::max<std::int64_t>(1, request.k / request.keys_per_block), length}),
            {}};
    std::vector<std::int64_t> heads;
    for (std::int64_t head = 0; head < n_heads; ++head) heads.push_back(head);
    at::Tensor keep_HTT = at::empty({n_heads, length, length}, gate.scores_HTT.options().dtype(at::kBool));
    keep_best(gate.scores_HTT, {0, layer.reach, request.k, 0, 0}, heads, keep_HTT);
    return {keep_HTT, {}};
}

class GradientObserver final : public Observer {
  public:
    GradientObserver(const DistillRequest& request, GateMeans means, JobContext& job)
        : request_(request), means_(means), job_(job) {}

    void on_layer(const LayerInput& input) override {
        if (!request_.layers.contains(input.layer)) return;
        job_.tick();
        // The pass itself keeps no graph; this layer's tensors are taken out of it.
        const c10::InferenceMode off(false);
        const at::AutoGradMode gradients(true);
        LayerInput layer = input;
        layer.kernel = nullptr;
        layer.x_TD = input.x_TD.clone();
        layer.q_HTE = input.q_HTE.clone();
        layer.k_GTE = input.k_GTE.clone();
        // What stands below in the model trains too: there is a gradient, whether or not it reaches the gate.
        layer.v_GTE = input.v_GTE.clone().requires_grad_(true);
        const bool set = means_ == GateMeans::kSet;
        const TrainableScores gate = scores_of(request_, set ? request_.gate : "learned", layer);
        const PlainGate at_work =
            set ? as_set(gate, request_, layer) : PlainGate{{}, at::log_sigmoid(gate.scores_HTT), {}};
        const at::Tensor dense = attend_plain(layer).detach();
        (attend_plain(layer, at_work).to(at::kFloat) - dense.to(at::kFloat)).square().sum().mul(0.5).backward();
        add(input.layer, gate.arrays);
    }

    GateGradient result{};

  private:
    void add(std::int64_t layer, const std::vector<at::Tensor>& arrays) {
        double square = 0;
        for (const at::Tensor& array : arrays) {
            result.values += array.numel();
            if (!array.grad().defined()) continue;  // autograd found no way: exactly 0
            square += array.grad().to(at::kDouble).square().sum().item<double>();
            result.nonzero_values += array.grad().count_nonzero().item<std::int64_t>();
        }
        result.layers.push_back(layer);
        result.norms.push_back(std::sqrt(square));
    }

    const DistillRequest& request_;
    GateMeans means_;
    JobContext& job_;
};

void check(const DistillRequest& request, const ModelConfig& model) {
    if (!gate_info(request.gate).traits.trainable || !gate_info(request.gate).traits.hard)
        throw Failure(FailureKind::kUsage, "has no arrays to train", "gate " + request.gate,
                      "learned, block-learned and indexer have");
    if (request.k < 1 || request.gate_dim < 1 || request.keys_per_block < 1 || request.index_heads < 1)
        throw Failure(FailureKind::kUsage, "k, gate_dim, keys a block and index heads are at least 1",
                      "gate " + request.gate);
    if (request.rope && (model.learned_positions || request.gate_dim % 2 != 0))
        throw Failure(FailureKind::kUsage, "can't be rotated", "gate " + request.gate,
                      "rope needs a model that rotates and an even gate_dim");
    request.layers.check(model.n_layers, "layers");
}

}  // namespace

GateGradient gate_gradient(Transformer& model, std::span<const std::int32_t> ids, const DistillRequest& request,
                           GateMeans means, JobContext& job) {
    check(request, model.config());
    GradientObserver observer(request, means, job);
    ForwardRequest pass;
    pass.ids = ids.first(std::min(ids.size(), kMostTokens));
    pass.observers = {&observer};
    (void)model.forward(pass, job);
    observer.result.gate = means == GateMeans::kSet ? request.gate : "soft-learned";
    return observer.result;
}

}  // namespace gatescope
