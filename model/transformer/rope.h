#pragma once
// Rotary positions (RoFormer), half-split pairs: channel r turns with r + rope_dims / 2 by position *
// base^(-2r/rope_dims). T token, H query head, G key/value head, E d_head, R rope_dims / 2.

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "model/config.h"
#include "model/transformer/norm.h"

namespace gatescope {

// Cosines and sines of positions 0 .. T-1, grown as longer windows come.
class RopeTable {
  public:
    explicit RopeTable(const ModelConfig& config);
    // [length, R] each, on `device`.
    struct Slice {
        at::Tensor cos_TR, sin_TR;
    };
    Slice upto(std::int64_t length, at::Device device);

  private:
    void fill(std::int64_t length);

    ModelConfig config_;
    std::int64_t only_length_ = 0;  // 0: the table serves any window; else windows of this length alone
    at::Tensor cos_, sin_;
};

// Norms of queries and keys before they are rotated, over as many channels as the gain has: a head's, or all heads'.
// Gains are undefined where the model has none.
struct QueryKeyNorms {
    Norm query, key;
};

// x with the first rope_dims channels of every head rotated, in ATen operations.
at::Tensor rotate_heads(const at::Tensor& x_HTE, std::int64_t rope_dims, const RopeTable::Slice& rope);

struct SplitHeads {
    at::Tensor q_HTE, k_GTE, v_GTE;  // contiguous
};
// Cuts a fused projection [T, (H + 2G) * E] into heads, normalises and rotates q and k.
SplitHeads split_and_rotate(const at::Tensor& qkv, const ModelConfig& config, const QueryKeyNorms& norms,
                            const RopeTable::Slice& rope);
// The same in ATen operations: any device, and what the fast one is tested against.
SplitHeads split_and_rotate_generic(const at::Tensor& qkv, const ModelConfig& config, const QueryKeyNorms& norms,
                                    const RopeTable::Slice& rope);

}  // namespace gatescope
