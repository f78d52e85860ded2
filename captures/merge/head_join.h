#pragma once
// Arrays over the heads of one model, put together from two parts of its layers or heads.

#include <cstdint>
#include <vector>

#include "analysis/head_grid.h"

namespace gatescope {

// Layers and heads that results are of, ascending.
struct HeadSet {
    std::vector<std::int64_t> layers, heads;
    bool operator==(const HeadSet&) const = default;
};

class HeadJoin {
  public:
    // Do two sets make a whole: other layers and the same heads, or the same layers and other heads?
    static bool possible(const HeadSet& a, const HeadSet& b);
    // Only where it is possible.
    HeadJoin(const HeadSet& a, const HeadSet& b);

    const HeadSet& whole() const { return whole_; }
    HeadGrid grid(const HeadGrid& a, const HeadGrid& b) const;
    // `before`, `after`: how many entries the dimensions before layer and behind head have, in all.
    template <typename Value>
    std::vector<Value> join(const std::vector<Value>& a, const std::vector<Value>& b, std::int64_t before,
                            std::int64_t after) const {
        const auto each = static_cast<std::size_t>(after);
        std::vector<Value> out;
        out.reserve(a.size() + b.size());
        for (std::size_t outer = 0; outer < static_cast<std::size_t>(before); ++outer)
            for (const Cell& cell : cells_) {
                const std::vector<Value>& part = cell.of_b ? b : a;
                const std::size_t cells = cell.of_b ? cells_b_ : cells_a_;
                const auto first = part.begin() + static_cast<std::ptrdiff_t>((outer * cells + cell.at) * each);
                out.insert(out.end(), first, first + static_cast<std::ptrdiff_t>(each));
            }
        return out;
    }

  private:
    struct Cell {
        bool of_b;
        std::size_t at;  // among its part's
    };

    HeadSet whole_;
    std::vector<Cell> cells_;  // of the whole, in order
    std::size_t cells_a_, cells_b_;
};

}  // namespace gatescope
