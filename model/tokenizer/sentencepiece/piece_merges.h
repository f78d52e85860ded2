#pragma once
// The merges that a SentencePiece BPE vocabulary implies: two pieces merge when what they spell together is a piece.

#include <span>
#include <string>
#include <vector>

#include "model/tokenizer/bpe_vocab.h"

namespace gatescope {

// In the order of the pieces, those of one piece by their left part's length: as transformers recovers them
// (generate_merges in convert_slow_tokenizer). `pieces` are valid UTF-8; time and result are linear in their bytes.
std::vector<BpeMerge> merges_by_position(std::span<const std::string> pieces);

// By descending score; merges of equal scores have one rank, so that the leftmost in a text comes first: as
// SentencePiece itself and llama.cpp (llm_tokenizer_spm) do. `scores` are finite, one for each piece.
std::vector<BpeMerge> merges_by_score(std::span<const std::string> pieces, std::span<const float> scores);

}  // namespace gatescope
