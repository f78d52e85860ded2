#pragma once
// A random Llama of a few thousand parameters as GGUF: what tests run instead of a download.

#include <cstdint>
#include <set>
#include <string>

#include "tests/support/gguf_builder.h"

namespace gatescope {

struct TinyLlama {
    std::uint32_t n_layers = 2, n_heads = 4, n_kv_heads = 2, d_model = 32, d_mlp = 48, d_vocab = 50, n_ctx = 256;
    std::uint32_t sliding_window = 0;  // 0: no such key
    bool tied = true;                  // no output.weight
    bool copy_embedding = false;       // untied, but output.weight equals the embedding
    std::uint32_t seed = 1;
    float scale = 0.3F;             // of the weights
    std::set<std::string> without;  // keys and tensors left out
};

// Metadata and tensors with llama.cpp's names and its order of q and k rows; equal seeds give equal weights.
GgufBuilder tiny_llama(const TinyLlama& model);

}  // namespace gatescope
