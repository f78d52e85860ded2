#pragma once
// tokenizer_config.json: what transformers makes of a tokenizer beyond its own files.

#include <filesystem>

#include "model/tokenizer/pipeline_tokenizer.h"

namespace gatescope {

// Puts the BOS in front where `add_bos_token` is true, unless a text has it there: beside a tokenizer.json transformers
// 5 leaves all to that file's template, which says the same in every known checkpoint; 4 and the older files' classes
// add it. False takes nothing away from a template. Without the file nothing changes. Throws Failure(kBadFile)
// naming the field.
void apply_tokenizer_config(const std::filesystem::path& folder, PipelineParts& parts);

}  // namespace gatescope
