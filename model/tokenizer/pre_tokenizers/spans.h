#pragma once
// What a Split does with the stretches that a pattern matches and those between them, as they come.

#include <cstddef>
#include <string_view>

#include "model/tokenizer/pre_tokenizer.h"

namespace gatescope {

enum class SplitBehavior {
    kRemoved,             // matches are left out
    kIsolated,            // each match is a piece
    kMergedWithPrevious,  // a match ends the piece before it
    kMergedWithNext,      // a match begins the piece behind it
    kContiguous,          // neighbouring matches are one piece
};

// Cuts one piece: told of all its stretches in order, hands on what they become.
class SpanJoiner {
  public:
    SpanJoiner(SplitBehavior behavior, const Piece& whole, PieceSink& next)
        : behavior_(behavior), whole_(whole), next_(&next) {}

    // [begin, end) follows what was added last. False: no more is wanted.
    bool add(std::size_t begin, std::size_t end, bool match);
    // Hands on what is held back.
    bool finish() { return flush(); }

  private:
    bool joins(bool match) const;
    bool flush();

    SplitBehavior behavior_;
    Piece whole_;
    PieceSink* next_;
    std::size_t begin_ = 0, end_ = 0;  // held back
    bool held_ = false, last_match_ = false;
};

}  // namespace gatescope
