#pragma once
// A GGUF file's tokenizer metadata (tokenizer.ggml.*) as a BpeVocab.

#include <nlohmann/json_fwd.hpp>

#include "model/tokenizer/bpe_vocab.h"

namespace gatescope {

// True when the metadata has a tokenizer at all.
bool has_gguf_tokenizer(const nlohmann::json& metadata);

// Throws Failure naming the key: kUnsupported where the tokenizer is of another kind than byte-level BPE ("gpt2"),
// kNotFound for a missing key, kBadFile for ids and merges that contradict the tokens.
BpeVocab read_gguf_vocab(const nlohmann::json& metadata);

}  // namespace gatescope
