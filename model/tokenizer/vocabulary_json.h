#pragma once
// A vocabulary as JSON: an object of token -> id, in a tokenizer.json's model or as a whole vocab.json.

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "model/tokenizer/vocabulary.h"

namespace gatescope {

// Throws Failure(kBadFile) naming `where` for ids that are no integers, negative, given twice, or so far apart that the
// list by id would be mostly empty, and for an empty vocabulary.
std::shared_ptr<const Vocabulary> read_vocabulary(const nlohmann::json& tokens, const std::string& where);

}  // namespace gatescope
