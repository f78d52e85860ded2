#pragma once
// Hand-made tokenizer metadata, as a GGUF file would have it: every byte, a few merges, two special tokens.

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "model/tokenizer/bpe_vocab.h"

namespace gatescope {

// Ids: 0 "<s>", 1 "<|end|>" (control), 2 + b the byte b, then 258 on: the tokens that `merges` make, in order.
nlohmann::json small_metadata(const std::vector<std::string>& merges = {"t h", "th e", "Ġ the", "a a", "aa aa"},
                              const std::string& pre = "smollm");

// The id of a single byte in small_metadata().
std::int32_t byte_id(char byte);

BpeVocab small_vocab(const std::vector<std::string>& merges = {"t h", "th e", "Ġ the", "a a", "aa aa"},
                     const std::string& pre = "smollm");

}  // namespace gatescope
