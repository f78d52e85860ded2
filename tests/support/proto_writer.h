#pragma once
// Writes Protocol buffers' wire format, honest or not.

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace gatescope {

class ProtoWriter {
  public:
    ProtoWriter& varint(std::uint32_t field, std::uint64_t value) {
        key(field, 0);
        number(value);
        return *this;
    }
    ProtoWriter& float32(std::uint32_t field, float value) {
        key(field, 5);
        char bytes[4];
        std::memcpy(bytes, &value, sizeof bytes);
        out_.append(bytes, sizeof bytes);
        return *this;
    }
    // A string or a message.
    ProtoWriter& bytes(std::uint32_t field, std::string_view value) {
        key(field, 2);
        number(value.size());
        out_ += value;
        return *this;
    }
    const std::string& str() const { return out_; }

  private:
    void key(std::uint32_t field, std::uint32_t type) { number(std::uint64_t{field} << 3U | type); }
    void number(std::uint64_t value) {
        for (; value >= 0x80; value >>= 7U) out_ += static_cast<char>(0x80U | (value & 0x7FU));
        out_ += static_cast<char>(value);
    }
    std::string out_;
};

// One piece of a SentencePiece model; types as in sentencepiece_model.proto (1 normal, 2 unknown, 3 control, 4
// user-defined, 6 byte).
inline std::string piece_message(std::string_view text, float score, std::uint64_t type = 1) {
    return ProtoWriter().bytes(1, text).float32(2, score).varint(3, type).str();
}

}  // namespace gatescope
