#include "model/checkpoint/gguf_metadata.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <type_traits>
#include <utility>

namespace gatescope {

namespace {

using nlohmann::json;

constexpr std::uint64_t kLongestName = 65535;             // bytes; of the format
constexpr std::uint64_t kMostArrayValues = 1ull << 22;    // of a whole header; the largest vocabularies take about 1 M
constexpr int kDeepestArray = 4;                          // arrays of arrays ...
constexpr std::uint64_t kLeastPairBytes = 8 + 1 + 4 + 1;  // length, a byte of key, type, a byte of value

// gguf_metadata_value_type
enum ValueType : std::uint32_t {
    kUint8,
    kInt8,
    kUint16,
    kInt16,
    kUint32,
    kInt32,
    kFloat32,
    kBool,
    kString,
    kArray,
    kUint64,
    kInt64,
    kFloat64,
    kValueTypes
};

// The least bytes a value of each type takes.
constexpr std::array<std::uint64_t, kValueTypes> kLeastBytes = {1, 1, 2, 2, 4, 4, 4, 1, 8, 12, 8, 8, 8};

ValueType read_type(ByteCursor& cursor) {
    const auto type = cursor.read<std::uint32_t>("a value's type");
    if (type < kValueTypes) return static_cast<ValueType>(type);
    throw Failure(FailureKind::kBadFile, "value type " + std::to_string(type) + " does not exist", {},
                  "types 0 to " + std::to_string(kValueTypes - 1) + " do");
}

std::string_view read_string(ByteCursor& cursor, std::string_view what) {
    return cursor.take(cursor.read<std::uint64_t>(what), what);
}

bool read_bool(ByteCursor& cursor) {
    const auto value = cursor.read<std::uint8_t>("a bool");
    if (value > 1) throw Failure(FailureKind::kBadFile, "a bool is " + std::to_string(value) + ", not 0 or 1");
    return value == 1;
}

// Reads the values of one header; counts array values over all keys, since a JSON value takes more room than a byte.
class ValueReader {
  public:
    explicit ValueReader(ByteCursor& cursor) : cursor_(cursor) {}

    json read(ValueType type, int depth) {
        switch (type) {
            case kUint8:
                return number<std::uint8_t>();
            case kInt8:
                return number<std::int8_t>();
            case kUint16:
                return number<std::uint16_t>();
            case kInt16:
                return number<std::int16_t>();
            case kUint32:
                return number<std::uint32_t>();
            case kInt32:
                return number<std::int32_t>();
            case kUint64:
                return number<std::uint64_t>();
            case kInt64:
                return number<std::int64_t>();
            case kFloat32:
                return number<float>();
            case kFloat64:
                return number<double>();
            case kBool:
                return read_bool(cursor_);
            case kString:
                return json(read_string(cursor_, "a string"));
            case kArray:
                return read_array(depth + 1);
            case kValueTypes:
                break;
        }
        return nullptr;
    }

  private:
    template <typename Number>
    json number() {
        return cursor_.read<Number>("a number");
    }

    json read_array(int depth) {
        if (depth > kDeepestArray)
            throw Failure(FailureKind::kBadFile, "arrays are nested deeper than " + std::to_string(kDeepestArray));
        const ValueType type = read_type(cursor_);
        const auto count = cursor_.read<std::uint64_t>("an array's length");
        require_plausible(type, count);
        json::array_t values;
        values.reserve(count);
        for (std::uint64_t i = 0; i < count; ++i) values.push_back(read(type, depth));
        return values;
    }

    void require_plausible(ValueType type, std::uint64_t count) {
        if (count > cursor_.remaining() / kLeastBytes.at(type))
            throw Failure(FailureKind::kBadFile,
                          "an array claims " + std::to_string(count) + " values, more than the file has room for");
        if (count > kMostArrayValues - array_values_)
            throw Failure(FailureKind::kUnsupported, "an array of " + std::to_string(count) + " values is too long", {},
                          "a header may hold " + std::to_string(kMostArrayValues) + " array values");
        array_values_ += count;
    }

    ByteCursor& cursor_;
    std::uint64_t array_values_ = 0;
};

}  // namespace

std::string read_gguf_name(ByteCursor& cursor, const std::string& what) {
    const auto length = cursor.read<std::uint64_t>(what);
    if (length == 0) throw Failure(FailureKind::kBadFile, what + " is empty");
    if (length > kLongestName)
        throw Failure(FailureKind::kBadFile, what + " claims " + std::to_string(length) + " bytes", {},
                      "at most " + std::to_string(kLongestName) + " are allowed");
    const std::string_view name = cursor.take(length, what);
    if (!std::all_of(name.begin(), name.end(), [](char c) { return c >= 0x20 && c < 0x7f; }))
        throw Failure(FailureKind::kBadFile, what + " is not printable ASCII");
    return std::string(name);
}

json read_gguf_metadata(ByteCursor& cursor, std::uint64_t count) {
    if (count > cursor.remaining() / kLeastPairBytes)
        throw Failure(FailureKind::kBadFile,
                      "claims " + std::to_string(count) + " metadata keys, more than the file has room for");
    json metadata = json::object();
    ValueReader values(cursor);
    for (std::uint64_t i = 0; i < count; ++i) {
        const std::string key =
            located("metadata " + std::to_string(i), [&] { return read_gguf_name(cursor, "a key"); });
        if (metadata.contains(key)) throw Failure(FailureKind::kBadFile, "the key is there twice", key);
        metadata[key] = located(key, [&] { return values.read(read_type(cursor), 0); });
    }
    return metadata;
}

}  // namespace gatescope
