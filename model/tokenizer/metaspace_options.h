#pragma once
// Metaspace, the stage that makes spaces visible, stands among the pre-tokenizers and the decoders with one
// description.

#include <string>

#include "model/tokenizer/stage_json.h"

namespace gatescope {

enum class PrependScheme { kAlways, kFirst, kNever };  // where a piece without a space in front gets one

struct MetaspaceOptions {
    std::string replacement;  // one character, U+2581 in all known files
    PrependScheme prepend = PrependScheme::kAlways;
    bool split = true;
};

// Throws Failure(kBadFile) naming the field.
MetaspaceOptions read_metaspace(const StageJson& stage);

}  // namespace gatescope
