#include "model/tokenizer/pre_tokenizers/spans.h"

namespace gatescope {

bool SpanJoiner::add(std::size_t begin, std::size_t end, bool match) {
    if (match && behavior_ == SplitBehavior::kRemoved) {
        const bool more = flush();
        last_match_ = true;
        return more;
    }
    bool more = true;
    if (held_ && joins(match)) {
        end_ = end;
    } else {
        more = flush();
        begin_ = begin, end_ = end, held_ = true;
    }
    // A match that has begun the piece behind it takes no part in what comes next.
    last_match_ = match;
    return more;
}

// Whether what comes now belongs to what is held back. Of several matches in a row only the one beside the other
// piece merges with it.
bool SpanJoiner::joins(bool match) const {
    switch (behavior_) {
        case SplitBehavior::kMergedWithPrevious:
            return match && !last_match_;
        case SplitBehavior::kMergedWithNext:
            return !match && last_match_;
        case SplitBehavior::kContiguous:
            return match == last_match_;
        case SplitBehavior::kRemoved:
        case SplitBehavior::kIsolated:
            return false;
    }
    return false;
}

bool SpanJoiner::flush() {
    if (!held_) return true;
    held_ = false;
    if (begin_ == end_) return true;
    return next_->take({whole_.text.substr(begin_, end_ - begin_), whole_.first && begin_ == 0});
}

}  // namespace gatescope
