#pragma once
// Reads little-endian values from untrusted bytes, one after the other; nothing is touched before its length is
// checked.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "model/core/error.h"

namespace gatescope {

static_assert(std::endian::native == std::endian::little, "checkpoint readers copy little-endian values as they are");

class ByteCursor {
  public:
    explicit ByteCursor(std::span<const std::byte> bytes) : bytes_(bytes) {}

    std::uint64_t position() const noexcept { return position_; }
    std::uint64_t remaining() const noexcept { return bytes_.size() - position_; }

    // The next `count` bytes; `what` is named in Failure(kBadFile) when the file ends before.
    std::string_view take(std::uint64_t count, std::string_view what) {
        if (count > remaining())
            throw Failure(FailureKind::kBadFile, "the file ends inside " + std::string(what), {},
                          "it is cut short or not what it says");
        const std::string_view out(reinterpret_cast<const char*>(bytes_.data()) + position_, count);
        position_ += count;
        return out;
    }

    // The next value of a trivially copyable type.
    template <typename Value>
    Value read(std::string_view what) {
        Value value;
        std::memcpy(&value, take(sizeof(Value), what).data(), sizeof(Value));
        return value;
    }

  private:
    std::span<const std::byte> bytes_;
    std::uint64_t position_ = 0;
};

// Calls `read` and puts `where` in front of what a Failure of it names.
template <typename Read>
auto located(const std::string& where, Read read) {
    try {
        return read();
    } catch (const Failure& failure) {
        throw failure.at(where);
    }
}

}  // namespace gatescope
