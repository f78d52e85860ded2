// The catalogue of ways in which a GGUF header can lie. Each must fail as itself, naming the key or tensor at fault.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <ostream>
#include <span>
#include <string>
#include <vector>

#include "model/checkpoint/gguf_header.h"
#include "model/core/error.h"
#include "tests/support/byte_writer.h"
#include "tests/support/gguf_builder.h"

namespace gatescope {
namespace {

constexpr std::uint64_t kHuge = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint32_t kF32 = 0, kQ4_1 = 3, kQ4_K = 12;
constexpr std::uint32_t kUint8 = 0, kUint16 = 2, kBool = 7, kString = 8, kArray = 9;
constexpr auto kBroken = FailureKind::kBadFile;
constexpr auto kNotServed = FailureKind::kUnsupported;

struct Lie {
    const char* name;
    std::function<std::string()> bytes;
    FailureKind kind;
    const char* message;  // part of the line
};

void PrintTo(const Lie& lie, std::ostream* out) {
    *out << lie.name;
}

const std::vector<float> kValues(16, 1.0F);

GgufBuilder honest() {
    return GgufBuilder().add_u32("llama.block_count", 1).add_tensor_f32("w", {4, 4}, kValues);
}

std::string array_head(std::uint32_t type, std::uint64_t count) {
    return ByteWriter().put(type).put(count).bytes();
}

std::string nested_arrays(int depth) {
    std::string out;
    for (int i = 1; i < depth; ++i) out += array_head(kArray, 1);
    return out + array_head(kUint8, 0);
}

std::string with_first(std::string magic) {
    return magic + honest().bytes().substr(magic.size());
}

std::string with_length_of_first_key(std::uint64_t length) {
    const std::string bytes = honest().bytes();
    return bytes.substr(0, 24) + ByteWriter().put(length).bytes() + bytes.substr(32);
}

const std::vector<Lie>& start_lies() {
    static const std::vector<Lie> lies = {
        {"OtherMagic", [] { return with_first("GGUX"); }, kBroken, "does not begin with GGUF"},
        {"OnlyMagic", [] { return std::string("GGUF"); }, kBroken, "the version"},
        {"Version0", [] { return honest().set_version(0).bytes(); }, kNotServed, "version 0"},
        {"Version1", [] { return honest().set_version(1).bytes(); }, kNotServed, "version 1"},
        {"Version4", [] { return honest().set_version(4).bytes(); }, kNotServed, "version 4"},
        {"BigEndian", [] { return honest().set_version(0x03000000).bytes(); }, kNotServed, "big-endian"},
        {"NoCounts", [] { return honest().bytes().substr(0, 12); }, kBroken, "the tensor count"},
        {"HugePairCount", [] { return honest().set_pair_count(kHuge).bytes(); }, kBroken, "metadata keys"},
        {"HugeTensorCount", [] { return honest().set_tensor_count(kHuge).bytes(); }, kBroken, "tensors, more"},
        {"OneTensorTooMany", [] { return GgufBuilder().set_tensor_count(1).bytes(); }, kBroken, "1 tensors, more"},
        {"SplitModel",
         [] {
             return GgufBuilder().add_raw_pair("split.count", kUint16, {"\x03\0", 2}).bytes();
         },
         kNotServed, "split.count: is one of 3 parts"},
    };
    return lies;
}

const std::vector<Lie>& metadata_lies() {
    static const std::vector<Lie> lies = {
        {"KeyTwice", [] { return GgufBuilder().add_u32("a.b", 1).add_u32("a.b", 2).bytes(); }, kBroken,
         "a.b: the key is there twice"},
        {"EmptyKey", [] { return GgufBuilder().add_u32("", 1).bytes(); }, kBroken, "metadata 0: a key is empty"},
        {"KeyWithNewline", [] { return GgufBuilder().add_u32("a\nb", 1).bytes(); }, kBroken, "printable"},
        {"KeyNotAscii", [] { return GgufBuilder().add_u32("a\xff", 1).bytes(); }, kBroken, "printable"},
        {"KeyLongerThanFile", [] { return with_length_of_first_key(60000); }, kBroken, "the file ends inside a key"},
        {"KeyOfHugeLength", [] { return with_length_of_first_key(kHuge); }, kBroken, "claims 18446744073709551615"},
        {"ValueTypeUnknown", [] { return GgufBuilder().add_raw_pair("k", 13, "").add_u32("z", 0).bytes(); }, kBroken,
         "k: value type 13"},
        {"StringLongerThanFile",
         [] { return GgufBuilder().add_raw_pair("k", kString, ByteWriter().put(kHuge).bytes()).bytes(); }, kBroken,
         "k: the file ends inside a string"},
        {"NumberCutOff", [] { return GgufBuilder().add_raw_pair("k", 10, "1234").bytes(); }, kBroken,
         "k: the file ends inside a number"},
        {"BoolOf2", [] { return GgufBuilder().add_raw_pair("k", kBool, "\x02").bytes(); }, kBroken, "k: a bool is 2"},
        {"ArrayLongerThanFile",
         [] { return GgufBuilder().add_raw_pair("k", kArray, array_head(kUint8, 1000)).bytes(); }, kBroken,
         "k: an array claims 1000 values"},
        {"ArrayOfHugeLength",
         [] { return GgufBuilder().add_raw_pair("k", kArray, array_head(kString, kHuge)).bytes(); }, kBroken,
         "k: an array claims 18446744073709551615"},
        {"ArrayTypeUnknown", [] { return GgufBuilder().add_raw_pair("k", kArray, array_head(99, 1)).bytes(); }, kBroken,
         "k: value type 99"},
        {"ArrayTooDeep", [] { return GgufBuilder().add_raw_pair("k", kArray, nested_arrays(5)).bytes(); }, kBroken,
         "k: arrays are nested deeper"},
        {"ArrayNestedWithoutEnd", [] { return GgufBuilder().add_raw_pair("k", kArray, nested_arrays(50000)).bytes(); },
         kBroken, "k: arrays are nested deeper"},
        {"ArrayThatWouldFillMemory",
         [] {
             const std::uint64_t count = (1u << 22) + 1;
             return GgufBuilder()
                 .add_raw_pair("k", kArray, array_head(kUint8, count) + std::string(count, '\0'))
                 .bytes();
         },
         kNotServed, "k: an array of 4194305 values is too long"},
        {"AlignmentOf0", [] { return GgufBuilder().add_u32("general.alignment", 0).bytes(); }, kBroken,
         "general.alignment: is not a power of two"},
        {"AlignmentOf24", [] { return GgufBuilder().add_u32("general.alignment", 24).bytes(); }, kBroken,
         "general.alignment: is not a power of two"},
        {"AlignmentIsText", [] { return GgufBuilder().add_string("general.alignment", "32").bytes(); }, kBroken,
         "general.alignment: is not a power of two"},
    };
    return lies;
}

GgufBuilder& listed(GgufBuilder&& builder, const std::vector<std::uint64_t>& dimensions, std::uint32_t type,
                    std::uint64_t offset) {
    return builder.add_raw_tensor("t", dimensions, type, offset);
}

std::string listed_bytes(const std::vector<std::uint64_t>& dimensions, std::uint32_t type, std::uint64_t offset) {
    return listed(GgufBuilder(), dimensions, type, offset).bytes();
}

const std::vector<Lie>& tensor_lies() {
    static const std::vector<Lie> lies = {
        {"TensorTwice", [] { return honest().add_tensor_f32("w", {16}, kValues).bytes(); }, kBroken,
         "w: the tensor is there twice"},
        {"EmptyName", [] { return honest().add_tensor_f32("", {16}, kValues).bytes(); }, kBroken,
         "tensor 1: a tensor's name is empty"},
        {"FiveDimensions",
         [] {
             return listed_bytes({1, 1, 1, 1, 1}, kF32, 0);
         },
         kBroken, "t: claims 5 dimensions"},
        {"DimensionOf0",
         [] {
             return listed_bytes({4, 0}, kF32, 0);
         },
         kBroken, "t: a dimension is 0"},
        {"DimensionTooLarge", [] { return listed_bytes({kHuge}, kF32, 0); }, kBroken, "t: its shape's product"},
        {"ProductOverflows",
         [] {
             return listed_bytes({1u << 31, 1u << 31, 4}, kF32, 0);
         },
         kBroken, "t: its shape's product"},
        {"SizeInBytesOverflows", [] { return listed_bytes({1ull << 62}, kF32, 0); }, kBroken, "t: its shape's product"},
        {"TypeUnknown", [] { return listed_bytes({4}, 99, 0); }, kNotServed, "t: tensor type 99"},
        {"TypeRemovedFromGgml", [] { return listed_bytes({32}, 4, 0); }, kNotServed, "t: tensor type 4"},
        {"RowsDoNotDivideInto32", [] { return listed_bytes({48}, kQ4_1, 0); }, kBroken, "t: rows of 48 values"},
        {"RowsDoNotDivideInto256",
         [] {
             return listed_bytes({32, 8}, kQ4_K, 0);
         },
         kBroken, "t: rows of 32 values"},
        {"OffsetNotAligned", [] { return listed_bytes({1}, kF32, 4); }, kBroken, "t: its offset 4"},
        {"ReachesPastTheEnd", [] { return listed_bytes({4}, kF32, 0); }, kBroken, "t: reaches past the end"},
        {"OffsetPastTheEnd", [] { return listed_bytes({1}, kF32, 1u << 20); }, kBroken, "t: reaches past the end"},
        {"OffsetOverflows", [] { return listed_bytes({1}, kF32, kHuge - 31); }, kBroken, "t: reaches past the end"},
        {"LastByteMissing", [] { return honest().bytes().substr(0, honest().bytes().size() - 1); }, kBroken,
         "w: reaches past the end"},
        {"SharesAllBytes",
         [] {
             return honest().add_raw_tensor("u", {4, 4}, kF32, 0).bytes();
         },
         kBroken, "shares bytes with"},
        {"SharesSomeBytes", [] { return honest().add_raw_tensor("u", {4}, kF32, 32).bytes(); }, kBroken,
         "u: shares bytes with w"},
        {"ListingCutOff", [] { return honest().bytes().substr(0, 90); }, kBroken,
         "w: the file ends inside a tensor's offset"},
    };
    return lies;
}

class GgufLie : public testing::TestWithParam<Lie> {};

TEST_P(GgufLie, IsToldApartAndNamed) {
    const std::string bytes = GetParam().bytes();
    try {
        parse_gguf_header(std::as_bytes(std::span(bytes)));
        FAIL() << "was believed";
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.kind(), GetParam().kind) << failure.what();
        EXPECT_THAT(failure.what(), testing::HasSubstr(GetParam().message));
    }
}

std::string name_of(const testing::TestParamInfo<Lie>& info) {
    return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(AtTheStart, GgufLie, testing::ValuesIn(start_lies()), name_of);
INSTANTIATE_TEST_SUITE_P(InMetadata, GgufLie, testing::ValuesIn(metadata_lies()), name_of);
INSTANTIATE_TEST_SUITE_P(InTheListing, GgufLie, testing::ValuesIn(tensor_lies()), name_of);

}  // namespace
}  // namespace gatescope
