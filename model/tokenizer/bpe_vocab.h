#pragma once
// What a byte-level BPE tokenizer is made of, resolved to ids, whichever file it came from.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gatescope {

struct BpeMerge {
    std::int32_t left = 0, right = 0;  // the pair
    std::int32_t merged = 0;           // the token that they become
    bool rank_of_previous = false;     // ranks with the merge before it: of the two, the leftmost in a text comes first
};

struct BpeVocab {
    std::vector<std::string> tokens;     // by id; ordinary ones in GPT-2's byte alphabet, special ones as text has them
    std::vector<BpeMerge> merges;        // by rank, first is applied first
    std::vector<std::int32_t> specials;  // ids whose string in a text is that token (control and user-defined tokens)
    std::vector<std::int32_t> byte_ids;  // [256] the token of each single byte, -1 where the vocabulary has none
    std::optional<std::int32_t> bos;     // set where the tokenizer puts it first
    std::string pre;                     // how text is cut before merging: a name of pre_tokenizer_patterns
};

}  // namespace gatescope
