#pragma once
// Remembers which of the ids made so far belong to a piece of text, so that a piece that comes again is copied instead
// of made anew. Keeps the pieces' bytes itself, of short ones only. Bounded: a newer piece takes an older one's slot.

#include <cstdint>
#include <string_view>
#include <vector>

namespace gatescope {

class PieceCache {
  public:
    // For one text of `text_size` bytes and the one growing list of its ids.
    explicit PieceCache(std::size_t text_size);

    // Appends the ids of `piece` to `ids` when they are known.
    bool append_known(std::string_view piece, std::vector<std::int32_t>& ids);
    // The ids from `first_id` on are those of the piece that append_known() was last asked for.
    void remember(std::string_view piece, std::size_t first_id, std::size_t id_count);

  private:
    static constexpr std::size_t kLongest = 22;  // a slot is half a cache line
    struct Slot {
        std::uint64_t first_id = 0;
        std::uint8_t id_count = 0;
        std::uint8_t length = 0;  // of the piece; 0: nothing here yet
        char bytes[kLongest] = {};
    };
    std::vector<Slot> slots_;  // a power of two
    Slot* asked_ = nullptr;
};

}  // namespace gatescope
