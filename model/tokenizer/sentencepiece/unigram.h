#pragma once
// SentencePiece's unigram model: of all ways to cut a text into pieces the one whose scores sum highest (Viterbi, as
// EncodeOptimized in unigram_model.cc).

#include <cstdint>
#include <memory>
#include <vector>

#include "model/tokenizer/piece_trie.h"
#include "model/tokenizer/sentencepiece/sentencepiece_file.h"
#include "model/tokenizer/token_model.h"
#include "model/tokenizer/vocabulary.h"

namespace gatescope {

class Unigram : public TokenModel {
  public:
    // A run of characters that are no piece is one unknown token, or their bytes with model.byte_fallback. `vocabulary`
    // holds the model's pieces. Throws Failure(kBadFile) naming a byte piece that is missing then.
    Unigram(const SentencePieceFile& model, const Vocabulary& vocabulary);

    std::unique_ptr<Worker> open(JobContext* job) const override;

  private:
    class Search;

    PieceTrie trie_;                      // of the pieces that a text can have; ids are places in found_
    std::vector<std::int32_t> found_;     // id of each
    std::vector<double> scores_;          // of each
    std::vector<std::uint32_t> lengths_;  // by id, in bytes
    float unknown_score_ = 0;
    std::int32_t unknown_ = 0;
    std::vector<std::int32_t> byte_ids_;  // [256], empty without byte fallback
};

}  // namespace gatescope
