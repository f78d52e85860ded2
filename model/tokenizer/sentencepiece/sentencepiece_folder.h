#pragma once
// A Hugging Face folder whose tokenizer is a SentencePiece model: tokenizer.model, with tokenizer_config.json and
// added_tokens.json beside it.

#include <filesystem>
#include <memory>
#include <nlohmann/json_fwd.hpp>

#include "model/tokenizer/tokenizer.h"

namespace gatescope {

// `config` is the folder's config.json. Throws Failure naming the file.
std::unique_ptr<Tokenizer> open_sentencepiece(const std::filesystem::path& folder, const nlohmann::json& config);

}  // namespace gatescope
