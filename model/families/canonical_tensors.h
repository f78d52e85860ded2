#pragma once
// The names and shapes that the transformer knows its weights by, whatever a checkpoint calls them. All matrices are
// [out, in], row-major. D d_model, M d_mlp, V d_vocab, E d_head.

#include <cstdint>
#include <string>
#include <vector>

#include "model/config.h"

namespace gatescope {

// A weight's place in the decoder.
enum class Weight {
    kEmbedding,      // [V, D]
    kAttentionNorm,  // [D]
    kQuery,          // [n_heads * E, D]
    kKey,            // [n_kv_heads * E, D]
    kValue,          // [n_kv_heads * E, D]
    kAttentionOut,   // [D, n_heads * E]
    kMlpNorm,        // [D]
    kMlpGate,        // [M, D]
    kMlpUp,          // [M, D]
    kMlpDown,        // [D, M]
    kFinalNorm,      // [D]
    kUnembedding,    // [V, D]; absent where embeddings are tied
};

struct CanonicalTensor {
    Weight weight = Weight::kEmbedding;
    std::int64_t layer = -1;  // -1: not of a layer
    std::vector<std::int64_t> shape;
};

// Every tensor a model of this config needs, in the order it is loaded.
std::vector<CanonicalTensor> canonical_tensors(const ModelConfig& config);

}  // namespace gatescope
