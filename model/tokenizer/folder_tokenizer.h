#pragma once
// The tokenizer files of a Hugging Face folder.

#include <filesystem>
#include <memory>
#include <nlohmann/json_fwd.hpp>

#include "model/tokenizer/tokenizer.h"

namespace gatescope {

// tokenizer.json, its BOS as tokenizer_config.json beside it says. Throws Failure naming the file.
std::unique_ptr<Tokenizer> open_tokenizer_json(const std::filesystem::path& folder);
// vocab.json and merges.txt (vocab_merges.h), likewise.
std::unique_ptr<Tokenizer> open_vocab_merges(const std::filesystem::path& folder);

// Whether a folder has the files of any tokenizer that we know, and that tokenizer; `config` is its config.json. Throws
// Failure(kNotFound) where there is none.
bool has_folder_tokenizer(const std::filesystem::path& folder);
std::unique_ptr<Tokenizer> open_folder_tokenizer(const std::filesystem::path& folder, const nlohmann::json& config);

}  // namespace gatescope
