#pragma once
// Merges as files spell them ("a b" or ["a", "b"]), resolved to ids.

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "model/tokenizer/bpe_vocab.h"
#include "model/tokenizer/vocabulary.h"

namespace gatescope {

// The merge of two tokens; `prefix` bytes of the right one stand for nothing where it continues a word. Throws
// Failure(kBadFile) naming `where` for what is no token.
BpeMerge resolve_merge(const std::string& left, const std::string& right, const Vocabulary& vocabulary,
                       std::size_t prefix, const std::string& where);

// "a b", two tokens with one space between. Throws Failure(kBadFile).
BpeMerge resolve_merge_line(std::string_view line, const Vocabulary& vocabulary, std::size_t prefix,
                            const std::string& where);

// A list of merges in either spelling.
std::vector<BpeMerge> read_merges(const nlohmann::json& merges, const Vocabulary& vocabulary, std::size_t prefix,
                                  const std::string& where);

// [256] the token of each byte in GPT-2's byte alphabet, -1 where there is none.
std::vector<std::int32_t> find_byte_ids(const Vocabulary& vocabulary);

}  // namespace gatescope
