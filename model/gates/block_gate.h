#pragma once
// What the gates that choose blocks of keys share: each names features whose products are the blocks' scores.
// DEFINITIONS.md section 4. Shapes: H query head, G key/value head or H, T token, B block, F feature, W key of a block.

#include <ATen/core/Tensor.h>

#include "model/gates/gate.h"

namespace gatescope {

// A block's score for query i is query_HTF[h, i] . block_GBF[g, B].
struct BlockFeatures {
    at::Tensor query_HTF;
    at::Tensor block_GBF;  // of the T / b whole blocks
    at::Tensor
        tail_GTF;  // of the keys from t to the end of its block: where a sliding window cuts a block; or undefined
};

class BlockGate : public Gate {
  public:
    explicit BlockGate(const GateTerm& term);  // b, n
    void prepare(const LayerInput& layer, const GateContext& context) final;
    GateEffect apply(const QueryBlock& block) const final;
    bool reads_scores() const final { return false; }

  protected:
    // float32; with `tails` those, too.
    virtual BlockFeatures features(const LayerInput& layer, bool tails) = 0;
    std::int64_t keys_per_block() const { return keys_per_block_; }

  private:
    void score_cut_blocks(const QueryBlock& block, at::Tensor& scores_HQB) const;

    std::int64_t keys_per_block_, blocks_;
    KeyReach reach_;
    BlockFeatures features_;
};

// [G, B, W, F]: the keys of the whole blocks of [G, T, F].
at::Tensor whole_blocks(const at::Tensor& x_GTF, std::int64_t keys_per_block);
// Means of blocks [G, B, F], and of their tails [G, B * W, F].
at::Tensor block_means(const at::Tensor& x_GTF, std::int64_t keys_per_block);
at::Tensor tail_means(const at::Tensor& x_GTF, std::int64_t keys_per_block);

// An entry but for what tells the gate from its kin: b, n, sinks and local, their budget and its setting.
GateEntry block_entry(GateInfo info);

}  // namespace gatescope
