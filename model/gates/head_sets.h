#pragma once
// The sets of a block's heads, put together from what the gates of a run say. H head, Q query, K key.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "model/gates/gate.h"
#include "model/gates/key_sets.h"

namespace gatescope {

class HeadSets {
  public:
    // Of a block of these scores, whose values mean nothing here.
    explicit HeadSets(const at::Tensor& scores_HQK) : scores_HQK_(scores_HQK) {}

    // Each for the heads under it.
    void take(const KeyRanking& ranking, const KeyRules& rules, const std::vector<std::int64_t>& heads);
    void take(const KeyMask& mask, const KeyRules& rules, const std::vector<std::int64_t>& heads);
    // What was taken so far.
    const at::Tensor& keep_HQK() const { return keep_HQK_; }
    // Heads without a set beside heads with one keep what the model allows; undefined where no head has one.
    at::Tensor finish(const KeyRules& rules);

  private:
    at::Tensor& rows_of(const std::vector<std::int64_t>& heads);

    const at::Tensor& scores_HQK_;
    at::Tensor keep_HQK_;
    std::vector<bool> has_set_;
};

}  // namespace gatescope
