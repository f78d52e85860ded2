#pragma once
// vocab.json + merges.txt, the older files of GPT-2's tokenizer and Qwen's, told as the tokenizer.json that they stand
// for.

#include <filesystem>
#include <nlohmann/json_fwd.hpp>

namespace gatescope {

// What read_tokenizer_json() takes. Special tokens come from tokenizer_config.json, special_tokens_map.json and
// added_tokens.json, where there are any; how text is cut from the tokenizer's class. Throws Failure naming the file:
// kUnsupported for a class that isn't known, kBadFile.
nlohmann::json tokenizer_json_of(const std::filesystem::path& folder);

}  // namespace gatescope
