#pragma once
// The config.json of a decoder in Llama's shape that brings none, in the keys that transformers 4 and 5 read.

#include <nlohmann/json.hpp>
#include <string>

#include "model/config.h"

namespace gatescope {

// Sizes, norm, activation and rotation; a family adds what is its own. Throws Failure(kUnsupported) for
// what these keys can't say.
nlohmann::json hf_decoder_config(const ModelConfig& config, const std::string& model_type,
                                 const std::string& class_prefix);
// "attention_bias": one switch for q, k, v and the output. Throws Failure(kUnsupported) where they differ.
bool hf_attention_bias(const ModelConfig& config);
// Where none is written. Throws Failure(kUnsupported).
void refuse_hf_windows(const ModelConfig& config);
// Throws Failure(kUnsupported): "config.json can't say WHAT".
[[noreturn]] void refuse_hf_config(const std::string& what);

}  // namespace gatescope
