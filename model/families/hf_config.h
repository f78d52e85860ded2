#pragma once
// What the config.json of a Hugging Face folder says by keys that families share, in the spellings of transformers 4
// and 5.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "model/checkpoint/checkpoint_reader.h"
#include "model/config.h"
#include "model/families/metadata.h"

namespace gatescope {

// What a family's config class in transformers takes for keys that the file leaves out.
struct HfDefaults {
    std::string family;
    std::int64_t n_ctx = 2048;
    std::int64_t n_kv_heads = 0;  // 0: as many as query heads
    std::int64_t d_head = 0;      // 0: d_model / n_heads
    double norm_epsilon = 1e-6;
    bool tied = false;
    std::string activation_key = "hidden_act", activation = "silu";
};

// The sizes, rotation, activation and embeddings of a decoder in Llama's shape; a family adds what is its own. Throws
// Failure naming the key, or the variant that this program would compute wrongly.
ModelConfig read_hf_decoder(const CheckpointReader& checkpoint, const HfDefaults& defaults);

// num_hidden_layers or the like: no more than the file has tensors, so that nothing is sized by more.
std::int64_t hf_layers(const CheckpointReader& checkpoint, const std::string& key);
// Layers, widths, vocabulary and heads by the names that most families give them; as many key/value heads as query
// heads.
void read_hf_sizes(const CheckpointReader& checkpoint, ModelConfig& config);
// Channels of a head where the config doesn't say: d_model / n_heads, which must come out even.
std::int64_t hf_split_width(const ModelConfig& config);
// transformers' word for an activation. Throws Failure(kUnsupported) listing those known.
Activation hf_activation(const Metadata& json, const std::string& key, const std::string& otherwise);
// Settles tied_embeddings and lm_head. As transformers 5 has it, a matrix that the file carries is used, tied or not,
// unless it is the embedding's own bytes or, in a tied model, stands for the embedding that the file leaves out.
void settle_unembedding(const CheckpointReader& checkpoint, bool tied, const std::string& embedding,
                        const std::string& unembedding, ModelConfig& config);
// Quantised weights, mixtures of experts and other variants that no family here computes. Throws Failure(kUnsupported).
void refuse_hf_variants(const Metadata& json);
// Throws Failure(kUnsupported) when `key` is true.
void refuse_if_true(const Metadata& json, const std::string& key);

// A sliding window in the layers that are true; kBadFile where there are some, but no window.
void set_windows(std::int64_t window, std::vector<bool> windowed, ModelConfig& config);
// The sliding window and the layers that it holds for: layer_types, or `otherwise` where the file has none.
void read_hf_windows(const Metadata& json, std::int64_t window, const std::function<bool(std::int64_t)>& otherwise,
                     ModelConfig& config);

}  // namespace gatescope
