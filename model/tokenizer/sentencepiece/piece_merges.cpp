#include "model/tokenizer/sentencepiece/piece_merges.h"

#include <algorithm>
#include <cstdint>
#include <numeric>

#include "model/tokenizer/piece_trie.h"

namespace gatescope {
namespace {

bool begins_character(char byte) {
    return (static_cast<std::uint8_t>(byte) & 0xC0U) != 0x80;
}

// Finds the pairs of pieces that spell a piece: one walk over its beginnings, one over its endings.
class Splitter {
  public:
    explicit Splitter(std::span<const std::string> pieces)
        : pieces_(pieces), begins_(pieces), ends_(pieces, PieceTrie::Direction::kBackwards) {}

    // False for a piece that a later one repeats: that one counts.
    bool counts(std::size_t id) const {
        return begins_.id(begins_.walk(PieceTrie::kRoot, pieces_[id])) == static_cast<std::int32_t>(id);
    }

    void append(std::size_t id, std::vector<BpeMerge>& merges) {
        const std::string& piece = pieces_[id];
        endings_.assign(piece.size(), -1);
        PieceTrie::Node node = PieceTrie::kRoot;
        for (std::size_t at = piece.size(); at-- > 1 && node != PieceTrie::kNone;) {
            node = ends_.step(node, piece[at]);
            if (node != PieceTrie::kNone) endings_[at] = ends_.id(node);
        }
        node = PieceTrie::kRoot;
        for (std::size_t at = 1; at < piece.size(); ++at) {
            node = begins_.step(node, piece[at - 1]);  // all of a piece is in the trie: never kNone
            if (endings_[at] >= 0 && begins_.id(node) >= 0 && begins_character(piece[at]))
                merges.push_back({begins_.id(node), endings_[at], static_cast<std::int32_t>(id)});
        }
    }

  private:
    std::span<const std::string> pieces_;
    PieceTrie begins_, ends_;
    std::vector<std::int32_t> endings_;  // by where it begins, the piece that the piece in hand ends with
};

}  // namespace

std::vector<BpeMerge> merges_by_position(std::span<const std::string> pieces) {
    Splitter splitter(pieces);
    std::vector<BpeMerge> merges;
    for (std::size_t id = 0; id < pieces.size(); ++id)
        if (splitter.counts(id)) splitter.append(id, merges);
    return merges;
}

std::vector<BpeMerge> merges_by_score(std::span<const std::string> pieces, std::span<const float> scores) {
    std::vector<std::size_t> order(pieces.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
    Splitter splitter(pieces);
    std::vector<BpeMerge> merges;
    for (const std::size_t id : order) {
        if (!splitter.counts(id)) continue;
        const std::size_t before = merges.size();
        splitter.append(id, merges);
        for (std::size_t i = before; i < merges.size(); ++i)
            merges[i].rank_of_previous = i > 0 && scores[static_cast<std::size_t>(merges[i - 1].merged)] == scores[id];
    }
    return merges;
}

}  // namespace gatescope
