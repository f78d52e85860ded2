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

}  // namespace gatescope
