#pragma once
// Tensor names of the decoders that follow Llama's in transformers: model.layers.N.self_attn.q_proj.weight.

#include <string>

#include "model/families/family.h"

namespace gatescope {

// The norm before the MLP is post_attention_layernorm, or pre_feedforward_layernorm where norms stand around.
StoredTensor hf_llama_stored(const CanonicalTensor& tensor, const ModelConfig& config);
// A base model's names lack "model.".
std::string hf_llama_plain_name(const std::string& file_name);
bool hf_llama_ignorable(const std::string& plain_name);
// Everything but how the config is read.
Dialect hf_llama_dialect(const std::string& model_type, const std::string& class_prefix,
                         ModelConfig (*read_config)(const CheckpointReader&));

}  // namespace gatescope
