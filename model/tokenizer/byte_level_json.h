#pragma once
// A byte-level BPE told as the files of the `tokenizers` package and of transformers.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/tokenizer/tokenizer_files.h"

namespace gatescope {

struct ByteLevelJson {
    // By id, UTF-8; of equal ones the last counts.
    std::vector<std::string> tokens;
    std::vector<std::pair<std::string, std::string>> merges;  // by rank
    std::vector<std::int32_t> specials;
    std::string pre;                  // one of pre_tokenizer_patterns()
    std::vector<std::int32_t> front;  // ids around a text
    std::vector<std::int32_t> back;
    std::optional<std::int32_t> bos, eos, unknown, pad;  // as tokenizer_config.json names them
    std::string chat_template;                           // empty: none
};

// Throws Failure(kUnsupported) where `pre` isn't known.
TokenizerFiles byte_level_files(const ByteLevelJson& parts);

}  // namespace gatescope
