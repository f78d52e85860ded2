#pragma once
// Cuts a piece between two characters that no merge of a BPE model ever joins: merging never crosses such a place, so
// the ids stay the same, and a whole text that no pre-tokenizer cuts (Llama 2, Mistral, Gemma) falls into its words.

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "model/tokenizer/bpe_vocab.h"
#include "model/tokenizer/pre_tokenizer.h"
#include "model/tokenizer/vocabulary.h"

namespace gatescope {

class BpeCutter : public PreTokenizer {
  public:
    // `apart`: ids of tokens that stand for other characters than they spell. nullptr where merges use those: nothing
    // can be said then. `leaves_out`: a character that is no token is left out, so that its neighbours meet.
    static std::unique_ptr<BpeCutter> make(const Vocabulary& vocabulary, const std::vector<BpeMerge>& merges,
                                           const std::vector<std::int32_t>& apart, bool leaves_out);

    std::unique_ptr<PieceSink> open(PieceSink& next) const override;

  private:
    class Sink;
    // ASCII and the character for a space have places in a table, the others don't.
    static constexpr std::size_t kPlaces = 129;
    static constexpr char32_t kSpace = 0x2581;

    static std::size_t place_of(char32_t c) { return c < 128 ? c : c == kSpace ? 128 : kPlaces; }
    static std::uint64_t pair_of(char32_t left, char32_t right) { return std::uint64_t{left} << 32U | right; }
    bool may_cut(char32_t left, char32_t right) const {
        const std::size_t row = place_of(left), column = place_of(right);
        return row < kPlaces && column < kPlaces ? table_[row * kPlaces + column] : looks_up(left, right);
    }
    bool looks_up(char32_t left, char32_t right) const;

    bool leaves_out_ = false;
    std::unordered_set<char32_t> known_;         // characters that are tokens
    std::unordered_set<std::uint64_t> joined_;   // pairs of characters that some merge puts side by side
    std::array<bool, kPlaces * kPlaces> table_;  // may_cut for those that have places
};

}  // namespace gatescope
