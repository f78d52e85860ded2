#pragma once
// From scores of key blocks to the keys of the n best. Blocks of b keys start at 0; the query's own one is always among
// the n. DEFINITIONS.md section 4. Shapes: H head, Q query, B whole block, K key.

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "model/key_reach.h"

namespace gatescope {

struct BlockRules {
    std::int64_t query_begin = 0;  // query row r is position query_begin + r
    KeyReach reach = {};           // causal
    std::int64_t keys_per_block = 1, blocks = 1;
    std::int64_t n_keys = 0;  // K
};

// [H, Q, K] bool: keys of the own block up to the query and of the blocks - 1 best before it (ties: lower block), as
// far as they are within reach. scores_HQB: float32; those of blocks out of reach are not looked at.
at::Tensor keys_of_blocks(const at::Tensor& scores_HQB, const BlockRules& rules);
// The same by ATen operations: other devices, and what a test holds the CPU's kernel to.
at::Tensor keys_of_blocks_aten(const at::Tensor& scores_HQB, const BlockRules& rules);

}  // namespace gatescope
