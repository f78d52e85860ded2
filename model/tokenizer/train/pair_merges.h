#pragma once
// Words as rows of symbols in which pairs of neighbours are merged, with the count of every pair kept up to date: a
// merge costs what its own places cost, not a pass over the words.

#include <cstdint>
#include <optional>
#include <queue>
#include <span>
#include <unordered_map>
#include <vector>

#include "model/core/job_context.h"
#include "model/tokenizer/train/word_counts.h"

namespace gatescope {

class PairMerges {
  public:
    struct Pair {
        std::int32_t left = 0, right = 0;
    };

    // `id_of_byte` [256]. Throws Failure(kUnsupported) where different words have 2^32 bytes or more, Cancelled.
    PairMerges(std::span<const WordCount> words, std::span<const std::int32_t> id_of_byte, JobContext& job);

    // The pair that comes most often, of equal ones that of the lowest ids; nothing where no word has two symbols left.
    std::optional<Pair> most_frequent();
    // Makes `merged` of every place of the pair, in each word from the left. Throws Cancelled: then nothing but the
    // destructor may be called.
    void merge(const Pair& pair, std::int32_t merged, JobContext& job);

  private:
    using Key = std::uint64_t;  // of a pair: the left id above the right one
    struct Symbol {
        std::int32_t id;  // kGone once merged into its left neighbour
        std::uint32_t previous, next, word;
    };
    struct Places {
        std::int64_t count = 0;
        std::vector<std::uint32_t> lefts;  // indices of left symbols; some may be outdated
    };
    struct Candidate {
        std::int64_t count;
        Key pair;
        bool operator<(const Candidate& other) const {
            return count != other.count ? count < other.count : pair > other.pair;
        }
    };

    void add_word(const WordCount& word, std::uint32_t index, std::span<const std::int32_t> id_of_byte);
    Key key_at(std::uint32_t left) const;
    void merge_at(std::uint32_t left, std::int32_t merged);
    void take(std::uint32_t left);   // the pair that begins there is about to go
    void place(std::uint32_t left);  // ... has come about
    void propose();                  // those that have come about

    std::vector<Symbol> symbols_;
    std::vector<std::int64_t> counts_;  // by word
    std::unordered_map<Key, Places> pairs_;
    std::priority_queue<Candidate> queue_;
    std::vector<Key> fresh_;
};

}  // namespace gatescope
