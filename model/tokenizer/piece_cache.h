#pragma once
// Remembers where in a text a piece was met and which of the ids made so far are its own, so that a piece that comes
// again is copied instead of merged. Bounded: a newer piece takes an older one's slot.

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
    void remember(std::size_t first_id, std::size_t id_count);

  private:
    struct Slot {
        std::string_view piece;  // into the text
        std::size_t first_id = 0;
        std::size_t id_count = 0;
    };
    std::vector<Slot> slots_;  // a power of two
    Slot* asked_ = nullptr;
    std::string_view asked_piece_;
};

}  // namespace gatescope
