#pragma once
// WordPiece (tokenizers' models/wordpiece): a word is cut into the longest piece that it begins with, then the longest
// continuation, and so on; a word that doesn't come out even, or is too long, is one unknown token.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/tokenizer/piece_trie.h"
#include "model/tokenizer/token_model.h"
#include "model/tokenizer/vocabulary.h"

namespace gatescope {

struct WordPieceOptions {
    std::string unknown = "[UNK]";         // must be a token
    std::string continuing_prefix = "##";  // marks a token that goes on within a word
    std::size_t longest_word = 100;        // in characters; a longer one is unknown
};

class WordPiece : public TokenModel {
  public:
    static constexpr std::size_t kLongestWordAllowed = 1000;  // keeps hostile vocabularies from being slow

    // Throws Failure naming `where`: kBadFile when the unknown token isn't in the vocabulary, kUnsupported for a
    // longest word above kLongestWordAllowed.
    WordPiece(const Vocabulary& vocabulary, const WordPieceOptions& options, const std::string& where);

    std::unique_ptr<Worker> open(JobContext* job) const override;

  private:
    class WordWorker;

    void append_ids(std::string_view word, std::vector<std::int32_t>& ids) const;
    bool is_too_long(std::string_view word) const;

    PieceTrie trie_;
    PieceTrie::Node continuing_;  // where pieces within a word go on from
    std::int32_t unknown_ = -1;
    std::size_t longest_word_;
};

}  // namespace gatescope
