#pragma once
// The tensor names that GGUF files share over families (gguf-py/gguf/constants.py of ggml-org/llama.cpp).

#include <string>

#include "model/families/family.h"

namespace gatescope {

// Where a plain GGUF of separate q, k, v keeps a weight; a family changes what is its own.
StoredTensor gguf_stored(const CanonicalTensor& tensor, const ModelConfig& config);
// The same where q, k and v are stacked as attn_qkv.
StoredTensor gguf_stored_fused(const CanonicalTensor& tensor, const ModelConfig& config);
// Names are plain as they are; a layer's tensors count, and those of rotation that say nothing new don't.
Dialect gguf_dialect(const std::string& architecture, ModelConfig (*read_config)(const CheckpointReader&),
                     StoredTensor (*stored)(const CanonicalTensor&, const ModelConfig&));

}  // namespace gatescope
