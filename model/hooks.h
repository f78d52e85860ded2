#pragma once
// The hook through which gates and analyses see a layer. Names of the field: x is the layer's normalised attention
// input, q and k come after QK-norm and RoPE. B batch is always 1 here and left out. T token, H query head, G key/value
// head, Q query of a block, K key, E d_head, D d_model.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>

#include "model/key_reach.h"

namespace gatescope {

class LayerKernel;

// What one layer's attention is about to work on, for one window. Tensors are borrowed: clone what is kept.
struct LayerInput {
    std::int64_t layer = 0;
    at::Tensor x_TD;
    at::Tensor q_HTE, k_GTE, v_GTE;
    double scale = 0;
    double softcap = 0;    // scaled scores become c tanh(score / c); 0: none
    double rope_base = 0;  // of the model; 0: it doesn't rotate
    KeyReach reach = {};
    const LayerKernel* kernel = nullptr;  // how q and k come from x; there only while a gate prepares
};

// A block of queries [query_begin, query_end) against keys [0, K): K = scores_HQK.size(2) is query_end in a decoder,
// the window's length in an encoder.
struct PatternBlock {
    std::int64_t layer = 0;
    std::int64_t query_begin = 0, query_end = 0;
    KeyReach reach = {};
    at::Tensor scores_HQK;   // float32, scaled, capped, of the running model; -inf where it allows no key itself
    at::Tensor keep_HQK;     // bool; the keys that a hard gate kept; undefined where nothing is gated in this layer
    at::Tensor pattern_HQK;  // float32, the probabilities that the output was made of
};

class Observer {
  public:
    virtual ~Observer() = default;
    // A window of these ids is about to run.
    virtual void begin_window(std::int64_t window, std::span<const std::int32_t> ids) { (void)window, (void)ids; }
    virtual void on_layer(const LayerInput& input) { (void)input; }
    // Does on_block want to see this layer? A pass without a taker never keeps scores.
    virtual bool wants_blocks(std::int64_t layer) const {
        (void)layer;
        return false;
    }
    // Of the blocks of such a layer, is the one with the window's last query enough? Then the others need not be made.
    virtual bool last_block_only() const { return false; }
    virtual void on_block(const PatternBlock& block) { (void)block; }
    // The window ran to its end; a cancelled one never gets here, so that half a window is never counted.
    virtual void end_window() {}
};

}  // namespace gatescope
