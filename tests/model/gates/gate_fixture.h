#pragma once
// A random layer, and a gate's key sets on it by way of GateRun, block by block. Shapes: H head, Q query, K key, T
// token, G key/value head, E d_head, D d_model.

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <string>

#include "model/gates/gate.h"
#include "model/gates/head_means.h"
#include "model/gates/stored_keys.h"
#include "model/layer_kernel.h"

namespace gatescope::testing_support {

// Projections of fixed random weights, the same bias everywhere, without norm and rotation.
class RandomKernel final : public LayerKernel {
  public:
    RandomKernel(std::int64_t heads, std::int64_t kv_heads, double bias = 0)
        : weights_{draw(heads, 5), draw(kv_heads, 6)}, bias_(bias) {}
    QueriesAndKeys weights() const override { return weights_; }
    QueriesAndKeys project(const at::Tensor& x_TD) const override {
        return {at::matmul(x_TD, weights_.q_HTE.transpose(1, 2)) + bias_,
                at::matmul(x_TD, weights_.k_GTE.transpose(1, 2)) + bias_};
    }
    QueriesAndKeys finish(const QueriesAndKeys& changed, const QueriesAndKeys&) const override { return changed; }

  private:
    static at::Tensor draw(std::int64_t heads, std::uint64_t seed) {
        return at::randn({heads, 8, 16}, at::detail::createCPUGenerator(seed), at::kFloat);
    }
    QueriesAndKeys weights_;
    double bias_;
};

struct Layer {
    std::int64_t tokens = 40, heads = 4, kv_heads = 2, layer = 1, sliding_window = 0;
    std::uint64_t seed = 1;
    LayerInput input() const;
    // [H, T, T], -inf where not allowed.
    at::Tensor scores(const LayerInput& input) const;
    at::Tensor allowed() const;  // [T, T]
    std::shared_ptr<const LayerKernel> kernel = std::make_shared<RandomKernel>(heads, kv_heads);
};

inline LayerInput Layer::input() const {
    auto generator = at::detail::createCPUGenerator(seed);
    const auto draw = [&](at::IntArrayRef shape) { return at::randn(shape, generator, at::kFloat); };
    LayerInput out;
    out.layer = layer;
    out.x_TD = draw({tokens, 16});
    out.q_HTE = draw({heads, tokens, 8});
    out.k_GTE = draw({kv_heads, tokens, 8});
    out.v_GTE = draw({kv_heads, tokens, 8});
    out.scale = 0.5;
    out.rope_base = 100;
    out.kernel = kernel.get();
    out.reach.sliding_window = sliding_window;
    return out;
}

inline at::Tensor Layer::allowed() const {
    const at::Tensor position = at::arange(tokens, at::kLong);
    const at::Tensor distance = position.unsqueeze(1).sub(position.unsqueeze(0));
    const at::Tensor causal = distance.ge(0);
    return sliding_window > 0 ? causal.logical_and(distance.lt(sliding_window)) : causal;
}

inline at::Tensor Layer::scores(const LayerInput& input) const {
    const at::Tensor keys = input.k_GTE.repeat_interleave(heads / kv_heads, 0);
    return at::matmul(input.q_HTE, keys.transpose(1, 2))
        .mul(input.scale)
        .masked_fill(allowed().logical_not(), -std::numeric_limits<float>::infinity());
}

// A gate's run with what it needs from elsewhere: key sets of an .npy, means of zero.
inline GateRun ready_run(const std::string& gate, const Layer& layer) {
    ModelConfig model;
    model.n_layers = 2;
    model.n_heads = layer.heads;
    GateRun run(with_stored_keys(parse_gate(gate), model, {}));
    auto means = std::make_shared<HeadMeans>();
    means->z_HE[layer.layer] = at::zeros({layer.heads, 8});
    if (run.needs_means()) run.use_means(means);
    return run;
}

// [H, T, T] bool: the keys kept; everything allowed where the gate names no set.
inline at::Tensor kept_keys(const std::string& gate, const Layer& layer, std::int64_t window = 0,
                            std::int64_t block = 7, std::int64_t nominal = 0) {
    GateRun run = ready_run(gate, layer);
    const LayerInput input = layer.input();
    const at::Tensor scores = layer.scores(input);
    run.prepare(input, {.window = window, .nominal_window = nominal ? nominal : layer.tokens, .step = 0, .ids = {}});
    at::Tensor out = at::zeros({layer.heads, layer.tokens, layer.tokens}, at::kBool);
    for (std::int64_t begin = 0; begin < layer.tokens; begin += block) {
        const std::int64_t end = std::min(begin + block, layer.tokens);
        const at::Tensor part = scores.slice(1, begin, end).slice(2, 0, end);
        const GatedBlock gated = run.apply({begin, end, part, 0});
        const at::Tensor kept =
            gated.keep_HQK.defined() ? gated.keep_HQK : part.gt(-std::numeric_limits<float>::infinity());
        out.slice(1, begin, end).slice(2, 0, end).copy_(kept);
    }
    return out;
}

// What a gate makes of the whole layer at once.
inline GatedBlock gated_block(const std::string& gate, const Layer& layer) {
    GateRun run = ready_run(gate, layer);
    const LayerInput input = layer.input();
    run.prepare(input, {.window = 0, .nominal_window = layer.tokens, .step = 0, .ids = {}});
    return run.apply({0, layer.tokens, layer.scores(input), 0});
}

// The softmax over what is kept, [H, T, T].
inline at::Tensor gated_pattern(const std::string& gate, const Layer& layer) {
    const GatedBlock block = gated_block(gate, layer);
    const at::Tensor scores =
        block.keep_HQK.defined()
            ? block.scores_HQK.masked_fill(block.keep_HQK.logical_not(), -std::numeric_limits<float>::infinity())
            : block.scores_HQK;
    return at::softmax(scores, -1);
}

}  // namespace gatescope::testing_support
