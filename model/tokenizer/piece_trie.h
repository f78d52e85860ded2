#pragma once
// Strings as paths of bytes, for finding every one that a text goes on with. A node and a byte lead to the next node
// through one open-addressing table.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gatescope {

class PieceTrie {
  public:
    using Node = std::uint32_t;
    static constexpr Node kRoot = 0;
    static constexpr Node kNone = std::numeric_limits<Node>::max();
    struct Match {
        std::int32_t id = -1;  // -1: none
        std::size_t length = 0;
    };

    enum class Direction { kForwards, kBackwards };

    // Ids are positions in `pieces`; of equal pieces the later one holds, empty ones can't be found. Takes about 40
    // bytes for each byte of the pieces at most. kBackwards: from each piece's last byte to its first.
    explicit PieceTrie(std::span<const std::string> pieces, Direction direction = Direction::kForwards);

    Node step(Node node, char byte) const {
        const std::uint64_t wanted = key(node, byte);
        for (std::size_t at = slot(wanted);; at = (at + 1) & mask_) {
            const Entry& entry = entries_[at];
            if (entry.key == wanted) return entry.child;
            if (entry.child == kNone) return kNone;
        }
    }
    // Where all of `bytes` leads from `node`; kNone when no piece goes there.
    Node walk(Node node, std::string_view bytes) const;
    // The piece that ends at a node, -1 where none does.
    std::int32_t id(Node node) const { return ids_[node]; }
    // The longest piece, from `node` on, that `text` begins with.
    Match longest(Node node, std::string_view text) const;

  private:
    struct Entry {
        std::uint64_t key = std::numeric_limits<std::uint64_t>::max();
        Node child = kNone;
    };

    static std::uint64_t key(Node node, char byte) {
        return std::uint64_t{node} << 8U | static_cast<std::uint8_t>(byte);
    }
    std::size_t slot(std::uint64_t key) const { return (key * 0x9E3779B97F4A7C15U) >> shift_; }
    Node step_or_add(Node node, char byte);
    void grow();
    void insert(const Entry& entry);

    std::vector<Entry> entries_;     // a power of two, at least twice the nodes
    std::vector<std::int32_t> ids_;  // by node
    std::size_t mask_ = 0;
    unsigned shift_ = 0;
};

}  // namespace gatescope
