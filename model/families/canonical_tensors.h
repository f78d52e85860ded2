#pragma once
// The names and shapes that the transformer knows its weights by, whatever a checkpoint calls them. All matrices are
// [out, in], row-major. D d_model, M d_mlp, V d_vocab, E d_head, Q n_heads * E, K n_kv_heads * E.

#include <cstdint>
#include <vector>

#include "model/config.h"

namespace gatescope {

// A weight's place in the model. Gains of norms are what x is multiplied by (Gemma's 1 + weight).
enum class Weight {
    kEmbedding,              // [V, D]
    kPositionEmbedding,      // [n_ctx, D]
    kTokenTypeEmbedding,     // [n_token_types, D]
    kEmbeddingNorm,          // [D]
    kEmbeddingNormBias,      // [D]
    kAttentionNorm,          // [D] before attention
    kAttentionNormBias,      // [D]
    kQuery,                  // [Q, D]
    kKey,                    // [K, D]
    kValue,                  // [K, D]
    kQueryBias,              // [Q]
    kKeyBias,                // [K]
    kValueBias,              // [K]
    kQueryNorm,              // [E] or [Q]
    kKeyNorm,                // [E] or [K]
    kAttentionOut,           // [D, Q]
    kAttentionOutBias,       // [D]
    kAttentionPostNorm,      // [D] after attention
    kAttentionPostNormBias,  // [D]
    kMlpNorm,                // [D] before the MLP
    kMlpNormBias,            // [D]
    kMlpGate,                // [M, D]
    kMlpUp,                  // [M, D]
    kMlpDown,                // [D, M]
    kMlpGateBias,            // [M]
    kMlpUpBias,              // [M]
    kMlpDownBias,            // [D]
    kMlpPostNorm,            // [D] after the MLP
    kMlpPostNormBias,        // [D]
    kFinalNorm,              // [D]
    kFinalNormBias,          // [D]
    kHeadDense,              // [D, D] of a transforming LM head
    kHeadDenseBias,          // [D]
    kHeadNorm,               // [D]
    kHeadNormBias,           // [D]
    kUnembedding,            // [V, D]; absent where embeddings are tied
    kUnembeddingBias,        // [V]
};

struct CanonicalTensor {
    Weight weight = Weight::kEmbedding;
    std::int64_t layer = -1;  // -1: not of a layer
    std::vector<std::int64_t> shape;
};

// Every tensor a model of this config needs, in the order it is loaded.
std::vector<CanonicalTensor> canonical_tensors(const ModelConfig& config);

}  // namespace gatescope
