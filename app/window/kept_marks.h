#pragma once
// Who keeps each pair of query and key of a map: both gates, one alone, or neither although the oracle would. Worked
// out in slices, so that a map of 4096 x 4096 never holds up a frame. No Dear ImGui.

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "analysis/results.h"

namespace gatescope {

// With one gate alone what it keeps is "only" its own, and what it misses is missed.
enum class Mark : std::uint8_t { kNone, kBoth, kOnlyA, kOnlyB, kMissed };
inline constexpr std::size_t kMarks = 5;

// Of the whole map.
struct MarkShare {
    std::int64_t pairs = 0;
    double mass = 0;  // of all the attention
};

class KeptMarks {
  public:
    // Starts anew where `pattern` is another one.
    void follow(std::shared_ptr<const PatternMatrix> pattern);
    // Works through about `cells` cells, which it takes off. True once all is there.
    bool work(std::int64_t& cells);
    bool whole() const { return pattern_ == nullptr || !gated() || row_ >= pattern_->tokens; }
    // Is there a gate whose keys are known?
    bool gated() const { return has_a_ || has_b_; }

    // Of a row that is done.
    Mark at(std::int64_t query, std::int64_t key) const {
        return static_cast<Mark>(marks_[static_cast<std::size_t>(query * pattern_->tokens + key)]);
    }
    // Once whole.
    const MarkShare& share(Mark mark) const { return shares_[static_cast<std::size_t>(mark)]; }

  private:
    void mark_row(std::int64_t query);
    void mark_missed(std::int64_t query, std::int64_t keys, std::int64_t budget);
    void add_up(std::int64_t query, std::int64_t keys);

    std::shared_ptr<const PatternMatrix> pattern_;
    bool has_a_ = false, has_b_ = false;
    std::int64_t row_ = 0;
    std::vector<std::uint8_t> marks_;  // [query, key]
    std::vector<std::int32_t> order_;  // of one row
    std::array<MarkShare, kMarks> shares_{};
};

}  // namespace gatescope
