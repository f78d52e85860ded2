#pragma once
// Models that begin here instead of in a file. No torch.

#include <cstdint>
#include <string>
#include <vector>

#include "model/config.h"

namespace gatescope {

// The size of a model from scratch, and of which family it is.
struct ScratchShape {
    std::string family = "gpt2";  // one of scratch_families()
    std::int64_t n_layers = 0, n_heads = 0, n_kv_heads = 0, d_model = 0, d_mlp = 0, n_ctx = 0;
    bool tied_embeddings = false;
    double deviation = 0.02;  // of the first values

    bool operator==(const ScratchShape&) const = default;
};

// The model of that shape. A shape's n_kv_heads of 0 is as many as heads, its d_mlp of 0 the family's usual share of
// d_model. Throws Failure(kUsage) naming the field ("d_model") and what it may be.
ModelConfig scratch_config(const ScratchShape& shape, std::int64_t d_vocab);

// Ids of the families that offer it.
const std::vector<std::string>& scratch_families();

}  // namespace gatescope
