#pragma once
// A tokenizer.json, the file of the `tokenizers` package: every stage by name. `truncation` and `padding` are left
// aside, as transformers does: whole texts are wanted.

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "model/tokenizer/pipeline_tokenizer.h"

namespace gatescope {

// Throws Failure naming `where` and the field: kUnsupported listing the known kinds of a stage, kBadFile.
PipelineParts read_tokenizer_json(const nlohmann::json& document, const std::string& where);

}  // namespace gatescope
