#pragma once
// Writes models as Hugging Face folders, which transformers loads: config.json and model.safetensors. No torch.

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "model/checkpoint/checkpoint_reader.h"
#include "model/config.h"
#include "model/families/canonical_tensors.h"

namespace gatescope {

// A canonical weight, row-major; the values are borrowed.
struct TensorValues {
    CanonicalTensor canonical;
    std::span<const float> values;
};

// The config.json to write such a model with: that of `source` where it has one, with float32 as its data type and
// what the weights say of ties; else (a GGUF, or nullptr for a model from scratch) one written by the family. Cheap:
// what can't be written is refused before any training. Throws Failure(kUnsupported) naming the family or what
// config.json can't say.
std::string hf_config_text(const ModelConfig& config, const CheckpointReader* source);

// Writes config.json and model.safetensors (float32) into `folder`, which is there; each file appears whole or not at
// all. `tensors` are all of canonical_tensors(), in any order. Throws Failure(kOutput), Failure(kUnsupported) where a
// value is not finite, std::invalid_argument where a tensor is missing or of another size.
void write_hf_model(const std::filesystem::path& folder, const ModelConfig& config, const std::string& config_json,
                    const std::vector<TensorValues>& tensors);

// Does every value come back to the bit? False for a family that keeps gains less 1: those below a half lose bits.
bool hf_keeps_every_bit(const ModelConfig& config);

}  // namespace gatescope
