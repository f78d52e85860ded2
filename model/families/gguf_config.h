#pragma once
// What a GGUF says by the keys that architectures share (gguf-py/gguf/constants.py of ggml-org/llama.cpp).

#include <string>

#include "model/checkpoint/checkpoint_reader.h"
#include "model/config.h"
#include "model/families/metadata.h"

namespace gatescope {

// Keys under the architecture's prefix ("llama.").
Metadata gguf_metadata(const CheckpointReader& checkpoint, const std::string& architecture);
// Sizes, attention scale, biases and embeddings: all but norms and positions. Throws Failure naming the key, or the
// variant that this program would compute wrongly.
ModelConfig read_gguf_sizes(const CheckpointReader& checkpoint, const std::string& architecture,
                            const std::string& family);
void read_gguf_layer_norm(const Metadata& keys, ModelConfig& config);
void read_gguf_learned_positions(const Metadata& keys, ModelConfig& config);
// Base, rotated channels, scaling, and the divisors of frequencies that a file may have as tensor rope_freqs.weight.
void read_gguf_rope(const CheckpointReader& checkpoint, const Metadata& keys, ModelConfig& config);
// A decoder in Llama's shape, whose family is called as its architecture is: sizes, RMSNorm and rotation.
ModelConfig read_gguf_decoder(const CheckpointReader& checkpoint, const std::string& architecture);
// attention.sliding_window and the layers it holds for: the file's own pattern, or all but every `period`-th; 0: all.
void read_gguf_windows(const Metadata& keys, std::int64_t window_otherwise, std::int64_t period, ModelConfig& config);
inline const char* const kGgufRopeFrequencies = "rope_freqs.weight";

}  // namespace gatescope
