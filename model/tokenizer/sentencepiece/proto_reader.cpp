#include "model/tokenizer/sentencepiece/proto_reader.h"

#include <bit>
#include <cstring>
#include <limits>

#include "model/core/error.h"

namespace gatescope {

static_assert(std::endian::native == std::endian::little, "fixed-size fields are copied as they are");

void ProtoReader::bad(const std::string& what) const {
    throw Failure(FailureKind::kBadFile, what, where_ + " field " + std::to_string(field_),
                  "it is cut short or no SentencePiece model");
}

std::string_view ProtoReader::take(std::uint64_t count) {
    if (count > bytes_.size() - at_) bad("reaches past the end");
    const std::string_view taken = bytes_.substr(at_, static_cast<std::size_t>(count));
    at_ += taken.size();
    return taken;
}

std::uint64_t ProtoReader::take_varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        const auto byte = static_cast<std::uint8_t>(take(1).front());
        value |= std::uint64_t{byte & 0x7FU} << shift;
        if (byte < 0x80) return value;
    }
    bad("is a number of more than ten bytes");
}

bool ProtoReader::next() {
    if (at_ == bytes_.size()) return false;
    const std::uint64_t key = take_varint();
    const std::uint64_t number = key >> 3U;
    if (number == 0 || number > 0x1FFFFFFF) bad("is followed by no field");
    field_ = static_cast<std::uint32_t>(number);
    switch (key & 7U) {
        case 0:
            varint_ = take_varint();
            break;
        case 1:
            value_ = take(8);
            break;
        case 2:
            value_ = take(take_varint());
            break;
        case 5:
            value_ = take(4);
            break;
        default:
            bad("is of no known wire type");
    }
    type_ = static_cast<WireType>(key & 7U);
    return true;
}

void ProtoReader::require(WireType type) const {
    if (type_ != type) bad("is of another type than this field has");
}

std::int32_t ProtoReader::integer() const {
    require(WireType::kVarint);
    const auto value = std::bit_cast<std::int64_t>(varint_);  // negative ones take ten bytes
    if (value < std::numeric_limits<std::int32_t>::min() || value > std::numeric_limits<std::int32_t>::max())
        bad("is no 32-bit number");
    return static_cast<std::int32_t>(value);
}

bool ProtoReader::flag() const {
    require(WireType::kVarint);
    return varint_ != 0;
}

float ProtoReader::number() const {
    require(WireType::kFixed32);
    float value = 0;
    std::memcpy(&value, value_.data(), sizeof value);
    return value;
}

std::string_view ProtoReader::bytes() const {
    require(WireType::kBytes);
    return value_;
}

}  // namespace gatescope
