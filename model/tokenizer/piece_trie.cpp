#include "model/tokenizer/piece_trie.h"

#include <bit>

namespace gatescope {
namespace {

constexpr std::size_t kFewestSlots = 1024;

}  // namespace

PieceTrie::PieceTrie(std::span<const std::string> pieces, Direction direction) : ids_(1, -1) {
    entries_.resize(kFewestSlots);
    mask_ = kFewestSlots - 1;
    shift_ = 64 - static_cast<unsigned>(std::countr_zero(kFewestSlots));
    for (std::size_t id = 0; id < pieces.size(); ++id) {
        const std::string& piece = pieces[id];
        if (piece.empty()) continue;
        Node node = kRoot;
        if (direction == Direction::kForwards)
            for (const char byte : piece) node = step_or_add(node, byte);
        else
            for (auto at = piece.rbegin(); at != piece.rend(); ++at) node = step_or_add(node, *at);
        ids_[node] = static_cast<std::int32_t>(id);
    }
}

PieceTrie::Node PieceTrie::step_or_add(Node node, char byte) {
    const Node known = step(node, byte);
    if (known != kNone) return known;
    if (2 * (ids_.size() + 1) > entries_.size()) grow();
    const Node added = static_cast<Node>(ids_.size());
    ids_.push_back(-1);
    insert({key(node, byte), added});
    return added;
}

void PieceTrie::insert(const Entry& entry) {
    std::size_t at = slot(entry.key);
    while (entries_[at].child != kNone) at = (at + 1) & mask_;
    entries_[at] = entry;
}

void PieceTrie::grow() {
    std::vector<Entry> old(entries_.size() * 2);
    old.swap(entries_);
    mask_ = entries_.size() - 1;
    --shift_;
    for (const Entry& entry : old)
        if (entry.child != kNone) insert(entry);
}

PieceTrie::Node PieceTrie::walk(Node node, std::string_view bytes) const {
    for (const char byte : bytes) {
        if (node == kNone) break;
        node = step(node, byte);
    }
    return node;
}

PieceTrie::Match PieceTrie::longest(Node node, std::string_view text) const {
    Match match;
    for (std::size_t length = 0; length < text.size() && node != kNone;) {
        node = step(node, text[length++]);
        if (node != kNone && ids_[node] >= 0) match = {ids_[node], length};
    }
    return match;
}

}  // namespace gatescope
