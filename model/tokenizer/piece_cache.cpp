#include "model/tokenizer/piece_cache.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <functional>
#include <limits>

namespace gatescope {
namespace {

constexpr std::size_t kFewestSlots = 64, kMostSlots = 1U << 16U;  // 64 Ki slots of 32 bytes: 2 MiB

}  // namespace

PieceCache::PieceCache(std::size_t text_size)
    : slots_(std::bit_ceil(std::clamp(text_size / 8, kFewestSlots, kMostSlots))) {}

bool PieceCache::append_known(std::string_view piece, std::vector<std::int32_t>& ids) {
    asked_ = nullptr;
    if (piece.empty() || piece.size() > kLongest) return false;
    asked_ = &slots_[std::hash<std::string_view>{}(piece) & (slots_.size() - 1)];
    if (asked_->length != piece.size() || std::memcmp(asked_->bytes, piece.data(), piece.size()) != 0) return false;
    const std::size_t size = ids.size();
    ids.resize(size + asked_->id_count);  // may move the list: its own ids are copied afterwards
    std::copy_n(ids.begin() + static_cast<std::ptrdiff_t>(asked_->first_id), asked_->id_count,
                ids.begin() + static_cast<std::ptrdiff_t>(size));
    return true;
}

void PieceCache::remember(std::string_view piece, std::size_t first_id, std::size_t id_count) {
    if (!asked_ || id_count > std::numeric_limits<std::uint8_t>::max()) return;
    asked_->first_id = first_id;
    asked_->id_count = static_cast<std::uint8_t>(id_count);
    asked_->length = static_cast<std::uint8_t>(piece.size());
    std::memcpy(asked_->bytes, piece.data(), piece.size());
}

}  // namespace gatescope
