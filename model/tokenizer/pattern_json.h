#pragma once
// The pattern of a Split or Replace: {"String": "x"} or {"Regex": "x"}.

#include <string>

#include "model/tokenizer/stage_json.h"
#include "model/tokenizer/text_regex.h"

namespace gatescope {

struct StagePattern {
    std::string text;    // as the file has it
    bool regex = false;  // else a literal string, not empty
    std::string where;   // as messages name it
};

// Throws Failure(kBadFile) naming the field.
StagePattern read_pattern(const StageJson& stage);

// Its compiled form. A file's own pattern may step back ten million times for one match.
TextRegex compile(const StagePattern& pattern);

}  // namespace gatescope
