#pragma once
// A random layer, and a gate's key sets on it by way of GateRun, block by block. Shapes: H head, Q query, K key, T
// token, G key/value head, E d_head, D d_model.

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <limits>
#include <string>

#include "model/gates/gate.h"

namespace gatescope::testing_support {

struct Layer {
    std::int64_t tokens = 40, heads = 4, kv_heads = 2, layer = 1, sliding_window = 0;
    std::uint64_t seed = 1;
    LayerInput input() const;
    // [H, T, T], -inf where not allowed.
    at::Tensor scores(const LayerInput& input) const;
    at::Tensor allowed() const;  // [T, T]
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

// [H, T, T] bool: the keys kept; everything allowed where the gate names no set.
inline at::Tensor kept_keys(const std::string& gate, const Layer& layer, std::int64_t window = 0,
                            std::int64_t block = 7, std::int64_t nominal = 0) {
    GateRun run(parse_gate(gate));
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

}  // namespace gatescope::testing_support
