#pragma once
// The config.json of a decoder in Llama's shape that brings none, in the keys that transformers 4 and 5 read.

#include <nlohmann/json.hpp>
#include <string>

#include "model/config.h"

namespace gatescope {

// Sizes, norm, activation and rotation; a family adds what is its own. Throws Failure(kUnsupported) for what these keys
// can't say.
nlohmann::json hf_decoder_config(const ModelConfig& config, const std::string& model_type,
                                 const std::string& class_prefix);
// Throws Failure(kUnsupported): "config.json can't say WHAT".
[[noreturn]] void refuse_hf_config(const std::string& what);

}  // namespace gatescope
