#pragma once
// The tensor names that GGUF files share over families (gguf-py/gguf/constants.py of ggml-org/llama.cpp).

#include "model/families/family.h"

namespace gatescope {

// Where a plain GGUF of separate q, k, v keeps a weight; a family changes what is its own.
StoredTensor gguf_stored(const CanonicalTensor& tensor, const ModelConfig& config);

}  // namespace gatescope
