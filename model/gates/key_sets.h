#pragma once
// From what a gate says to the keys that each query keeps: forced keys, small rows and empty sets are dealt with here,
// once. DEFINITIONS.md section 4. Shapes: H head, Q query, K key, from 0 to the last that the block may use.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "model/gates/pair_tally.h"
#include "model/key_reach.h"

namespace gatescope {

// Query row r is position query_begin + r; it may use the n_i keys of `reach`.
struct KeyRules {
    std::int64_t query_begin = 0;
    KeyReach reach = {};
    std::int64_t k = 0;                 // with n_i <= k everything is kept
    std::int64_t sinks = 0, local = 0;  // always kept
};

// Each writes the rows of `heads` in keep_HQK, bool; priority and mask have H rows or one for all heads.
// All keys that the model allows.
void keep_allowed(const KeyRules& rules, const std::vector<std::int64_t>& heads, at::Tensor& keep_HQK);
// Forced keys, and of the others those of highest priority up to k in all; ties: lower key; never -inf or NaN.
void keep_best(const at::Tensor& priority_HQK, const KeyRules& rules, const std::vector<std::int64_t>& heads,
               at::Tensor& keep_HQK);
// The mask's keys and the forced ones.
void keep_mask(const at::Tensor& mask_HQK, const KeyRules& rules, const std::vector<std::int64_t>& heads,
               at::Tensor& keep_HQK);

// Adds the keys kept in the rows of `heads` to a layer's count.
void count_kept(const at::Tensor& keep_HQK, const std::vector<std::int64_t>& heads, std::int64_t layer,
                PairTally& tally);

// The same by ATen operations alone: what other devices run, and what a test holds the CPU's kernels to.
namespace aten {
void keep_allowed(const KeyRules& rules, const std::vector<std::int64_t>& heads, at::Tensor& keep_HQK);
void keep_best(const at::Tensor& priority_HQK, const KeyRules& rules, const std::vector<std::int64_t>& heads,
               at::Tensor& keep_HQK);
void keep_mask(const at::Tensor& mask_HQK, const KeyRules& rules, const std::vector<std::int64_t>& heads,
               at::Tensor& keep_HQK);
}  // namespace aten

}  // namespace gatescope
