#pragma once
// How text is cut into pieces before merging: the list of known ways, by the names GGUF files use (tokenizer.ggml.pre).

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gatescope {

struct PreTokenizerPattern {
    std::string id;       // "smollm"
    std::string pattern;  // PCRE2; matches a piece at every position of a valid text
};

// Every known way, in the order in which messages list them.
const std::vector<PreTokenizerPattern>& pre_tokenizer_patterns();

// The id of the known way that a tokenizer.json spells as `regex`, if it is one.
std::optional<std::string> known_pattern_of(std::string_view regex);
// How a tokenizer.json spells "gpt-2", "llama-bpe" or "qwen2". Throws Failure(kUnsupported) for others.
std::string regex_of(std::string_view id);

}  // namespace gatescope
