#pragma once
// Byte-pair merging of the symbols of one piece: the pair of neighbours with the lowest rank merges, leftmost first,
// until none does. n log n in the number of symbols.

#include <cstdint>
#include <vector>

#include "model/core/job_context.h"
#include "model/tokenizer/bpe_vocab.h"
#include "model/tokenizer/merge_table.h"

namespace gatescope {

class BpeMerger {
  public:
    // The space that merging works in, reused from piece to piece; one for each thread.
    class Workspace {
      public:
        // A long run is left with Cancelled through `job`.
        explicit Workspace(JobContext* job = nullptr) : job_(job) {}
        void clear() { symbols_.clear(); }
        // Puts a symbol behind the others; at most 2^32 - 2 of them.
        void add(std::int32_t id) { symbols_.push_back({id, 0, 0}); }

      private:
        friend class BpeMerger;
        struct Symbol {
            std::int32_t id;  // kGone once merged into its left neighbour
            std::uint32_t previous, next;
        };
        struct Candidate {
            std::uint32_t rank, left;  // left: index of the pair's left symbol
            std::int32_t merged;
        };
        JobContext* job_;
        std::size_t steps_ = 0;
        std::vector<Symbol> symbols_;
        std::vector<Candidate> heap_;
    };

    explicit BpeMerger(const std::vector<BpeMerge>& merges) : merges_(merges) {}

    // Merges the workspace's symbols and appends what is left of them.
    void merge(Workspace& workspace, std::vector<std::int32_t>& ids) const;

  private:
    void propose(std::uint32_t left, Workspace& workspace) const;
    void merge_all(Workspace& workspace) const;

    MergeTable merges_;
};

}  // namespace gatescope
