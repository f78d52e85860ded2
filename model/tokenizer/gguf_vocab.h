#pragma once
// A GGUF file's tokenizer metadata (tokenizer.ggml.*) as a BpeVocab.

#include <nlohmann/json_fwd.hpp>

#include "model/tokenizer/bpe_vocab.h"

namespace gatescope {

// Throws Failure naming the key: kNotFound for a missing key, kBadFile for ids and merges that contradict the tokens.
BpeVocab read_gguf_vocab(const nlohmann::json& metadata);

}  // namespace gatescope
