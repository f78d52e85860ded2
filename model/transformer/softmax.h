#pragma once
// What the model itself allows a query, and the softmax over it. H head, Q query of a block, K key of a block.

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "model/key_reach.h"

namespace gatescope {

// Where a block lies: query q of it is position query_begin + q, key column c is position key_begin + c. In an encoder
// the last column is the window's last token.
struct BlockPlace {
    std::int64_t query_begin = 0;
    std::int64_t key_begin = 0;
    KeyReach reach = {};
};

// Writes -infinity to the scores of keys that the model doesn't allow. scores_HQK: float32, contiguous.
void mask_scores(at::Tensor& scores_HQK, const BlockPlace& place);

// [Q, K] bool: the keys of a block that the model does not allow. `like_HQK` gives shape and device.
at::Tensor disallowed_QK(const BlockPlace& place, const at::Tensor& like_HQK);

// pattern_HQK = softmax over the allowed keys that keep_HQK keeps (undefined: all), 0 elsewhere; scores of other keys
// are not looked at. float32, contiguous; pattern_HQK may be scores_HQK.
void masked_softmax(const at::Tensor& scores_HQK, const at::Tensor& keep_HQK, const BlockPlace& place,
                    at::Tensor& pattern_HQK);
// The same in ATen operations: any device, and what the fast one is tested against.
void masked_softmax_generic(const at::Tensor& scores_HQK, const at::Tensor& keep_HQK, const BlockPlace& place,
                            at::Tensor& pattern_HQK);

}  // namespace gatescope
