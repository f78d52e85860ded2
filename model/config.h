#pragma once
// The shape and recipe of a decoder: what a family reads from a checkpoint, and all that the transformer needs to know.

#include <cstdint>
#include <string>

namespace gatescope {

enum class DataType { kFloat32, kBFloat16 };

struct ModelConfig {
    std::string family;  // id in the family registry: "llama"
    std::int64_t n_layers = 0;
    std::int64_t n_heads = 0;     // query heads
    std::int64_t n_kv_heads = 0;  // key/value heads; query head h uses floor(h / (n_heads / n_kv_heads))
    std::int64_t d_model = 0;
    std::int64_t d_head = 0;
    std::int64_t d_mlp = 0;
    std::int64_t d_vocab = 0;
    std::int64_t n_ctx = 0;           // positions the model was trained on
    std::int64_t sliding_window = 0;  // keys i - w < j <= i; 0: all keys
    double norm_epsilon = 1e-5;
    double rope_base = 10000.0;
    std::int64_t rope_dims = 0;  // rotated channels of a head, the first ones, half-split pairs (Hugging Face order)
    double attention_scale = 0;  // scores are q.k times this; 1/sqrt(d_head) unless the checkpoint says otherwise
    bool tied_embeddings = false;
    bool learned_positions = false;
};

}  // namespace gatescope
