#pragma once
// Little-endian bytes, one value after the other: what tests build files from.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace gatescope {

class ByteWriter {
  public:
    template <typename Value>
    requires std::is_arithmetic_v<Value> ByteWriter& put(Value value) {
        return raw({reinterpret_cast<const char*>(&value), sizeof value});
    }
    ByteWriter& raw(std::string_view bytes) {
        bytes_ += bytes;
        return *this;
    }
    // GGUF's string: length as u64, then the bytes.
    ByteWriter& string(std::string_view text) { return put(std::uint64_t{text.size()}).raw(text); }
    ByteWriter& pad_to(std::size_t alignment) {
        bytes_.resize((bytes_.size() + alignment - 1) / alignment * alignment, '\0');
        return *this;
    }
    const std::string& bytes() const { return bytes_; }

  private:
    std::string bytes_;
};

}  // namespace gatescope
