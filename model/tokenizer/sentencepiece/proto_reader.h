#pragma once
// Protocol buffers' wire format, field by field, from untrusted bytes: every length is checked against what is left,
// and nothing is copied (https://protobuf.dev/programming-guides/encoding).

#include <cstdint>
#include <string>
#include <string_view>

namespace gatescope {

class ProtoReader {
  public:
    // `where` names the message in failures; `bytes` outlive the reader.
    ProtoReader(std::string_view bytes, std::string where) : bytes_(bytes), where_(std::move(where)) {}

    // Goes to the next field; false at the end. Throws Failure(kBadFile) for what is no field.
    bool next();
    // The number of the field that next() went to.
    std::uint32_t field() const { return field_; }

    // The field's value. Throws Failure(kBadFile) naming the field when it is of another wire type.
    std::int32_t integer() const;    // int32, enum
    bool flag() const;               // bool
    float number() const;            // float
    std::string_view bytes() const;  // string, bytes, message
    // "WHERE field 3: what" as a Failure(kBadFile).
    [[noreturn]] void bad(const std::string& what) const;

  private:
    enum class WireType : std::uint8_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

    std::uint64_t take_varint();
    std::string_view take(std::uint64_t count);
    void require(WireType type) const;

    std::string_view bytes_;
    std::string where_;
    std::size_t at_ = 0;
    std::uint32_t field_ = 0;
    WireType type_ = WireType::kVarint;
    std::uint64_t varint_ = 0;
    std::string_view value_;
};

}  // namespace gatescope
