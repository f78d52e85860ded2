#pragma once
// The kinds of tokenizer that a GGUF file may name (tokenizer.ggml.model). A new kind is one file and one line in
// gguf_tokenizer.cpp.

#include <nlohmann/json_fwd.hpp>

#include "model/tokenizer/pipeline_tokenizer.h"

namespace gatescope {

struct GgufTokenizerKind {
    const char* id;  // the value of tokenizer.ggml.model
    PipelineParts (*make)(const nlohmann::json& metadata);
};

// Every known kind, in the order in which messages list them.
const std::vector<GgufTokenizerKind>& gguf_tokenizer_kinds();

// True when the metadata has a tokenizer at all.
bool has_gguf_tokenizer(const nlohmann::json& metadata);

// Throws Failure naming the key: kUnsupported listing the known kinds, kNotFound for a missing key, kBadFile for what
// contradicts itself.
PipelineParts make_gguf_tokenizer(const nlohmann::json& metadata);

}  // namespace gatescope
