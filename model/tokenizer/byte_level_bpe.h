#pragma once
// Byte-pair merging of one piece of text: bytes become ids, then the pair of neighbours with the lowest rank merges,
// leftmost first, until none does. n log n in the piece's length.

#include <cstdint>
#include <string_view>
#include <vector>

#include "model/core/job_context.h"
#include "model/tokenizer/bpe_vocab.h"
#include "model/tokenizer/merge_table.h"

namespace gatescope {

class ByteLevelBpe {
  public:
    // The space that merging works in, reused from piece to piece; one for each thread.
    class Workspace {
      public:
        // A long run is left with Cancelled through `job`.
        explicit Workspace(JobContext* job = nullptr) : job_(job) {}

      private:
        friend class ByteLevelBpe;
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

    explicit ByteLevelBpe(const BpeVocab& vocab);

    // Appends the ids of `piece` (under 4 GiB). A byte that the vocabulary has no token for is left out, as by the
    // tokenizers package without an unknown token.
    void append_ids(std::string_view piece, Workspace& workspace, std::vector<std::int32_t>& ids) const;

  private:
    void begin(std::string_view piece, Workspace& workspace) const;
    void propose(std::uint32_t left, Workspace& workspace) const;
    void merge_all(Workspace& workspace) const;

    std::vector<std::int32_t> byte_ids_;  // [256]
    MergeTable merges_;
};

}  // namespace gatescope
