#pragma once
// tokenizer_config.json: what transformers makes of a tokenizer beyond its own files.

#include <cstdint>
#include <filesystem>
#include <optional>

#include "model/tokenizer/pipeline_tokenizer.h"

namespace gatescope {

// Whose ends a tokenizer has besides those of the config.
struct ConfigEnds {
    // A tokenizer.json's template says alone what ends a text: transformers 5 doesn't look at `add_eos_token` then.
    bool template_ends_text = false;
    std::optional<std::int32_t> bos = {}, eos = {};  // the model's own, meant where the config names none
};

// Puts the BOS in front where `add_bos_token` is true, unless a text has it there: beside a tokenizer.json transformers
// 5 leaves all to that file's template, which says the same in every known checkpoint; 4 and the older files' classes
// add it. False takes nothing away from a template. Puts the EOS at the end where `add_eos_token` is true. Without the
// file nothing changes. Throws Failure(kBadFile) naming the field.
void apply_tokenizer_config(const std::filesystem::path& folder, const ConfigEnds& ends, PipelineParts& parts);

}  // namespace gatescope
