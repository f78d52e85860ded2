#pragma once
// A GGUF file's tokenizer as the files of a Hugging Face folder.

#include <nlohmann/json_fwd.hpp>

#include "model/tokenizer/tokenizer_files.h"

namespace gatescope {

// Of a byte-level BPE. Throws Failure(kUnsupported) for other kinds, and as make_gguf_tokenizer() does.
TokenizerFiles files_of_gguf(const nlohmann::json& metadata);

}  // namespace gatescope
