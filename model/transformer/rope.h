#pragma once
// Rotary positions (RoFormer), half-split pairs: channel r turns with r + rope_dims / 2 by position *
// base^(-2r/rope_dims). T token, H query head, G key/value head, E d_head, R rope_dims / 2.

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "model/config.h"

namespace gatescope {

// Cosines and sines of positions 0 .. T-1, grown as longer windows come. Angles are rounded as float32 training code
// rounds them (transformers, llama.cpp), since that is what checkpoints learned.
class RopeTable {
  public:
    RopeTable(std::int64_t rope_dims, double base);
    // [length, R] each, on `device`.
    struct Slice {
        at::Tensor cos_TR, sin_TR;
    };
    Slice upto(std::int64_t length, at::Device device);

  private:
    void grow(std::int64_t length);

    std::int64_t half_ = 0;
    double base_ = 0;
    at::Tensor cos_, sin_;
};

struct SplitHeads {
    at::Tensor q_HTE, k_GTE, v_GTE;  // contiguous
};
// Cuts a fused projection [T, (H + 2G) * E] into heads and rotates q and k.
SplitHeads split_and_rotate(const at::Tensor& qkv, const ModelConfig& config, const RopeTable::Slice& rope);
// The same in ATen operations: any device, and what the fast one is tested against.
SplitHeads split_and_rotate_generic(const at::Tensor& qkv, const ModelConfig& config, const RopeTable::Slice& rope);

}  // namespace gatescope
