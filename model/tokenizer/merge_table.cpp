#include "model/tokenizer/merge_table.h"

#include <algorithm>
#include <bit>

namespace gatescope {

MergeTable::MergeTable(const std::vector<BpeMerge>& merges) {
    const std::size_t slots = std::bit_ceil(std::max<std::size_t>(2 * merges.size(), 16));
    entries_.resize(slots);
    mask_ = slots - 1;
    shift_ = 64 - static_cast<unsigned>(std::countr_zero(slots));
    std::uint32_t next_rank = 0;
    for (const BpeMerge& merge : merges) {
        const std::uint64_t pair = key(merge.left, merge.right);
        std::size_t at = slot(pair);
        while (entries_[at].found.rank != kNoRank && entries_[at].pair != pair) at = (at + 1) & mask_;
        if (!merge.rank_of_previous || next_rank == 0) ++next_rank;
        entries_[at] = {pair, {next_rank - 1, merge.merged}};
    }
}

}  // namespace gatescope
