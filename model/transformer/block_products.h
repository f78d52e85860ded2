#pragma once
// The two products of a block of queries whose scores are held: with keys and with values, tile by tile on the CPU
// (tile_products.h), in ATen elsewhere. H query head, G key/value head, T token, Q query of a block, K key of a block,
// E d_head.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>

#include "model/transformer/tile_products.h"

namespace gatescope {

class BlockProducts {
  public:
    // float32. q_HTE: contiguous and multiplied by the scale already.
    BlockProducts(const at::Tensor& q_HTE, const at::Tensor& k_GTE, const at::Tensor& v_GTE);

    // Fills scores_HQK, contiguous: queries from query_begin on against keys from key_begin on.
    void scores(std::int64_t query_begin, std::int64_t key_begin, at::Tensor& scores_HQK) const;
    // [H, Q, E]: the values of keys from key_begin on, by their weights pattern_HQK, contiguous.
    at::Tensor weighted(const at::Tensor& pattern_HQK, std::int64_t key_begin) const;
    // The same in ATen operations: any device, and what the fast ones are tested against.
    void scores_generic(std::int64_t query_begin, std::int64_t key_begin, at::Tensor& scores_HQK) const;
    at::Tensor weighted_generic(const at::Tensor& pattern_HQK, std::int64_t key_begin) const;

  private:
    std::int64_t group_of(std::int64_t head) const { return head / (q_HTE_.size(0) / k_GTE_.size(0)); }

    at::Tensor q_HTE_, k_GTE_, v_GTE_;
    std::optional<KeyTiles<float>> keys_;  // empty where tiles don't serve
    std::optional<ValueTiles<float>> values_;
};

}  // namespace gatescope
