#include "captures/merge/head_join.h"

#include <algorithm>
#include <iterator>

namespace gatescope {
namespace {

using Members = std::vector<std::int64_t>;

bool apart(const Members& a, const Members& b) {
    Members shared;
    std::ranges::set_intersection(a, b, std::back_inserter(shared));
    return shared.empty();
}

Members together(const Members& a, const Members& b) {
    Members out;
    std::ranges::set_union(a, b, std::back_inserter(out));
    return out;
}

// Where `layer` and `head` are among a set's cells; -1 where they are not.
std::ptrdiff_t place(const HeadSet& set, std::int64_t layer, std::int64_t head) {
    const auto row = std::ranges::lower_bound(set.layers, layer), column = std::ranges::lower_bound(set.heads, head);
    if (row == set.layers.end() || *row != layer || column == set.heads.end() || *column != head) return -1;
    return (row - set.layers.begin()) * std::ssize(set.heads) + (column - set.heads.begin());
}

}  // namespace

bool HeadJoin::possible(const HeadSet& a, const HeadSet& b) {
    return (a.heads == b.heads && apart(a.layers, b.layers)) || (a.layers == b.layers && apart(a.heads, b.heads));
}

HeadJoin::HeadJoin(const HeadSet& a, const HeadSet& b)
    : whole_{together(a.layers, b.layers), together(a.heads, b.heads)},
      cells_a_(a.layers.size() * a.heads.size()),
      cells_b_(b.layers.size() * b.heads.size()) {
    for (const std::int64_t layer : whole_.layers)
        for (const std::int64_t head : whole_.heads) {
            const std::ptrdiff_t in_a = place(a, layer, head), in_b = place(b, layer, head);
            cells_.push_back({in_a < 0, static_cast<std::size_t>(in_a < 0 ? in_b : in_a)});
        }
}

HeadGrid HeadJoin::grid(const HeadGrid& a, const HeadGrid& b) const {
    return {std::ssize(whole_.layers), std::ssize(whole_.heads), join(a.values, b.values, 1, 1)};
}

}  // namespace gatescope
