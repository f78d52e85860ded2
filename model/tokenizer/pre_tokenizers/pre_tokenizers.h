#pragma once
// The kinds of pre-tokenizer that a tokenizer.json may name. A new kind is one file and one line in pre_tokenizers.cpp.

#include <memory>
#include <vector>

#include "model/tokenizer/pre_tokenizer.h"
#include "model/tokenizer/stage_json.h"

namespace gatescope {

struct PreTokenizerKind {
    const char* id;  // "type" in the file
    std::unique_ptr<PreTokenizer> (*make)(const StageJson& stage);
};

// Every known kind, in the order in which messages list them.
const std::vector<PreTokenizerKind>& pre_tokenizer_kinds();

// The stage that `stage` describes. Throws Failure: kUnsupported listing the known kinds, kBadFile naming the field.
std::unique_ptr<PreTokenizer> make_pre_tokenizer(const StageJson& stage);

}  // namespace gatescope
