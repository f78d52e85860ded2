#pragma once
// The list of added tokens in a tokenizer.json.

#include <vector>

#include "model/tokenizer/added_tokens.h"
#include "model/tokenizer/stage_json.h"
#include "model/tokenizer/vocabulary.h"

namespace gatescope {

// Empty ones are left out, as by the tokenizers package. Throws Failure(kBadFile) for ids that contradict the
// vocabulary or one another, or are far outside of it.
std::vector<AddedToken> read_added_tokens(const std::vector<StageJson>& list, const Vocabulary& vocabulary);

}  // namespace gatescope
