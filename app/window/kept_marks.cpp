#include "app/window/kept_marks.h"

#include <algorithm>

#include "app/window/query_facts.h"
#include "model/core/top_cut.h"

namespace gatescope {

void KeptMarks::follow(std::shared_ptr<const PatternMatrix> pattern) {
    if (pattern == pattern_) return;
    pattern_ = std::move(pattern);
    has_a_ = pattern_ != nullptr && !pattern_->kept_a.empty();
    has_b_ = pattern_ != nullptr && !pattern_->kept_b.empty();
    row_ = 0;
    shares_ = {};
    marks_.clear();
    if (gated()) marks_.reserve(pattern_->probabilities.size());
}

bool KeptMarks::work(std::int64_t& cells) {
    // Finding the oracle's keys of a row takes a few walks over it.
    for (; !whole() && cells > 0; ++row_, cells -= 4 * pattern_->tokens) mark_row(row_);
    return whole();
}

void KeptMarks::mark_row(std::int64_t query) {
    marks_.resize(static_cast<std::size_t>((query + 1) * pattern_->tokens));
    const std::int64_t keys = key_count(*pattern_, query);
    const auto row = static_cast<std::size_t>(query * pattern_->tokens);
    std::int64_t kept_a = 0, kept_b = 0;
    for (std::size_t key = 0; key < static_cast<std::size_t>(keys); ++key) {
        const bool a = has_a_ && pattern_->kept_a[row + key] != 0, b = has_b_ && pattern_->kept_b[row + key] != 0;
        kept_a += a ? 1 : 0, kept_b += b ? 1 : 0;
        const Mark mark = a && b ? Mark::kBoth : a ? Mark::kOnlyA : b ? Mark::kOnlyB : Mark::kNone;
        marks_[row + key] = static_cast<std::uint8_t>(mark);
    }
    const std::int64_t budget = std::max(kept_a, kept_b);
    if (budget < keys) mark_missed(query, keys, budget);
    add_up(query, keys);
}

// The oracle keeps the `budget` strongest keys, of equal ones the earlier.
void KeptMarks::mark_missed(std::int64_t query, std::int64_t keys, std::int64_t budget) {
    const auto row = static_cast<std::size_t>(query * pattern_->tokens);
    const float* probabilities = pattern_->probabilities.data() + row;
    order_.resize(static_cast<std::size_t>(keys));
    for (std::size_t key = 0; key < order_.size(); ++key) order_[key] = ordered_bits(probabilities[key]);
    TopCut cut = find_top_cut(order_.data(), keys, budget);
    for (std::size_t key = 0; key < order_.size(); ++key) {
        const bool tie = order_[key] == cut.above && cut.ties > 0;
        if (tie) --cut.ties;
        if (order_[key] <= cut.above && !tie) continue;
        // A key of probability 0 is out of the model's own reach.
        if (marks_[row + key] == 0 && probabilities[key] > 0)
            marks_[row + key] = static_cast<std::uint8_t>(Mark::kMissed);
    }
}

void KeptMarks::add_up(std::int64_t query, std::int64_t keys) {
    const auto row = static_cast<std::size_t>(query * pattern_->tokens);
    std::array<double, kMarks> mass{};
    for (std::size_t key = 0; key < static_cast<std::size_t>(keys); ++key) {
        const std::uint8_t mark = marks_[row + key];
        ++shares_[mark].pairs;
        mass[mark] += static_cast<double>(pattern_->probabilities[row + key]);
    }
    for (std::size_t mark = 0; mark < kMarks; ++mark)
        shares_[mark].mass += mass[mark] / static_cast<double>(pattern_->tokens);
}

}  // namespace gatescope
