#include "model/tokenizer/bpe_merger.h"

#include <algorithm>
#include <limits>

namespace gatescope {
namespace {

constexpr std::uint32_t kEnd = std::numeric_limits<std::uint32_t>::max();  // no neighbour
constexpr std::int32_t kGone = -1;
constexpr std::size_t kStepsBetweenTicks = 1U << 16U;

// Puts the lowest rank, then the leftmost pair, at the heap's front.
constexpr auto kAfter = [](const auto& a, const auto& b) {
    return a.rank != b.rank ? a.rank > b.rank : a.left > b.left;
};

}  // namespace

void BpeMerger::merge(Workspace& workspace, std::vector<std::int32_t>& ids) const {
    auto& symbols = workspace.symbols_;
    if (symbols.empty()) return;
    for (std::uint32_t at = 0; at < symbols.size(); ++at) {
        symbols[at].previous = at == 0 ? kEnd : at - 1;
        symbols[at].next = at + 1;
    }
    symbols.back().next = kEnd;
    merge_all(workspace);
    for (const auto& symbol : symbols)
        if (symbol.id != kGone) ids.push_back(symbol.id);
}

// Makes the symbol at `left` and its right neighbour a candidate when they merge.
void BpeMerger::propose(std::uint32_t left, Workspace& workspace) const {
    const auto& symbol = workspace.symbols_[left];
    if (symbol.next == kEnd) return;
    const MergeTable::Found found = merges_.find(symbol.id, workspace.symbols_[symbol.next].id);
    if (found.rank == MergeTable::kNoRank) return;
    workspace.heap_.push_back({found.rank, left, found.merged});
    std::push_heap(workspace.heap_.begin(), workspace.heap_.end(), kAfter);
}

void BpeMerger::merge_all(Workspace& workspace) const {
    auto& symbols = workspace.symbols_;
    auto& heap = workspace.heap_;
    heap.clear();
    for (std::uint32_t left = 0; left < symbols.size(); ++left) propose(left, workspace);
    while (!heap.empty()) {
        if (workspace.job_ && ++workspace.steps_ % kStepsBetweenTicks == 0) workspace.job_->tick();
        std::pop_heap(heap.begin(), heap.end(), kAfter);
        const Workspace::Candidate candidate = heap.back();
        heap.pop_back();
        Workspace::Symbol& symbol = symbols[candidate.left];
        if (symbol.id == kGone || symbol.next == kEnd) continue;
        Workspace::Symbol& right = symbols[symbol.next];
        // A neighbour may have changed since this candidate was found.
        if (merges_.find(symbol.id, right.id).rank != candidate.rank) continue;
        symbol.id = candidate.merged;
        symbol.next = right.next;
        right.id = kGone;
        if (symbol.next != kEnd) symbols[symbol.next].previous = candidate.left;
        if (symbol.previous != kEnd) propose(symbol.previous, workspace);
        propose(candidate.left, workspace);
    }
}

}  // namespace gatescope
