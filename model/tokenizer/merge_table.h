#pragma once
// (left id, right id) -> rank and merged id: open addressing in one flat array, since merging asks it for every pair of
// neighbours.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "model/tokenizer/bpe_vocab.h"

namespace gatescope {

class MergeTable {
  public:
    static constexpr std::uint32_t kNoRank = std::numeric_limits<std::uint32_t>::max();
    struct Found {
        std::uint32_t rank = kNoRank;  // kNoRank: the pair doesn't merge
        std::int32_t merged = -1;
    };

    // Of two merges of one pair the later holds, as in the tokenizers package.
    explicit MergeTable(const std::vector<BpeMerge>& merges);

    Found find(std::int32_t left, std::int32_t right) const {
        const std::uint64_t pair = key(left, right);
        for (std::size_t at = slot(pair);; at = (at + 1) & mask_) {
            const Entry& entry = entries_[at];
            if (entry.pair == pair) return entry.found;
            if (entry.found.rank == kNoRank) return {};
        }
    }

  private:
    struct Entry {
        std::uint64_t pair = std::numeric_limits<std::uint64_t>::max();  // ids are never negative: no pair has this key
        Found found;
    };

    static std::uint64_t key(std::int32_t left, std::int32_t right) {
        return std::uint64_t{static_cast<std::uint32_t>(left)} << 32 | static_cast<std::uint32_t>(right);
    }
    // Multiplicative hashing: the product's upper bits depend on every bit of the pair.
    std::size_t slot(std::uint64_t pair) const { return (pair * 0x9E3779B97F4A7C15U) >> shift_; }

    std::vector<Entry> entries_;  // a power of two, at least twice the merges
    std::size_t mask_ = 0;
    unsigned shift_ = 0;
};

}  // namespace gatescope
