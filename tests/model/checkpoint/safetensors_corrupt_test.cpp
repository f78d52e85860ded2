// The catalogue of ways in which a safetensors header can lie. Each must fail as itself, naming the tensor at fault.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <ostream>
#include <span>
#include <string>
#include <vector>

#include "model/checkpoint/safetensors_header.h"
#include "model/core/error.h"
#include "tests/support/safetensors_bytes.h"

namespace gatescope {
namespace {

constexpr std::uint64_t kHuge = std::numeric_limits<std::uint64_t>::max();

struct Lie {
    const char* name;
    std::function<std::string()> bytes;
    const char* message;  // part of the line
};

void PrintTo(const Lie& lie, std::ostream* out) {
    *out << lie.name;
}

std::string with_header(const std::string& header, std::size_t data_size = 16) {
    return safetensors_bytes(header, std::string(data_size, '\0'));
}

// A header of one tensor "w" that says `fields`, with 16 bytes of data.
std::string one(const std::string& fields) {
    return with_header("{\"w\":{" + fields + "}}");
}

std::string with_offsets(const std::string& offsets) {
    return one(R"("dtype":"F32","shape":[4],"data_offsets":)" + offsets);
}

std::string with_shape(const std::string& shape) {
    return one(R"("dtype":"F32","data_offsets":[0,16],"shape":)" + shape);
}

std::string with_dtype(const std::string& dtype) {
    return one(R"("shape":[4],"data_offsets":[0,16],"dtype":)" + dtype);
}

// Two tensors of float32 at these bytes of 16.
std::string two(std::uint64_t begin, std::uint64_t end, std::uint64_t next_begin, std::uint64_t next_end) {
    const auto entry = [](const char* name, std::uint64_t from, std::uint64_t to) {
        return safetensors_entry(name, "F32", "[" + std::to_string((to - from) / 4) + "]", from, to);
    };
    return with_header("{" + entry("u", begin, end) + "," + entry("w", next_begin, next_end) + "}");
}

std::string with_length(std::uint64_t length) {
    return ByteWriter().put(length).bytes() + with_offsets("[0,16]").substr(8);
}

const std::vector<Lie>& start_lies() {
    static const std::vector<Lie> lies = {
        {"NoLength", [] { return std::string("1234"); }, "the file ends inside the header's length"},
        {"LengthOf0", [] { return with_length(0); }, "its header is not JSON in UTF-8 at byte"},
        {"LengthPastTheEnd", [] { return with_length(10000); }, "the file ends inside the header"},
        {"LengthOver100Megabytes", [] { return with_length(100'000'001); }, "claims 100000001 bytes"},
        {"LengthOfAllBits", [] { return with_length(kHuge); }, "claims 18446744073709551615 bytes"},
        {"HeaderCutOff", [] { return with_length(40); }, "its header is not JSON in UTF-8 at byte 41"},
        {"HeaderIsAList", [] { return with_header("[1,2]"); }, "its header is not a JSON object"},
        {"HeaderIsAString", [] { return with_header("\"w\""); }, "its header is not a JSON object"},
        {"HeaderIsTwoObjects", [] { return with_header("{}{}"); }, "is not JSON in UTF-8 at byte 3"},
        {"HeaderOfNothing", [] { return with_header("{}", 0); }, "holds no tensors"},
        {"HeaderOfDeepLists", [] { return with_header("{\"a\":" + std::string(200'000, '[')); },
         "a: is described by something other than an object"},
        {"HeaderOfDeepObjects",
         [] {
             std::string out;
             for (int n = 0; n < 50'000; ++n) out += "{\"a\":";
             return with_header(out);
         },
         "a: has a field \"a\""},
        {"HeaderNotUtf8", [] { return with_header("{\"\xff\xfe\":1}"); }, "is not JSON in UTF-8 at byte 3"},
        {"HeaderWithLoneSurrogate", [] { return with_header("{\"\\ud800\":1}"); }, "is not JSON in UTF-8 at byte"},
        {"MetadataIsANumber", [] { return with_header("{\"__metadata__\":5}"); },
         "__metadata__: is described by something other than an object"},
        {"MetadataHoldsANumber", [] { return with_header("{\"__metadata__\":{\"a\":5}}"); },
         "__metadata__: holds something other than strings"},
        {"MetadataKeyTwice", [] { return with_header("{\"__metadata__\":{\"a\":\"\",\"a\":\"\"}}"); },
         "__metadata__: a is there twice"},
    };
    return lies;
}

const std::vector<Lie>& entry_lies() {
    static const std::vector<Lie> lies = {
        {"TensorIsANumber", [] { return with_header("{\"w\":1}"); }, "w: is described by something other"},
        {"TensorIsEmpty", [] { return one(""); }, "w: lacks dtype, shape or data_offsets"},
        {"TensorWithoutOffsets", [] { return one(R"("dtype":"F32","shape":[4])"); }, "w: lacks dtype, shape"},
        {"TensorWithAnotherField", [] { return one(R"("stride":[1])"); }, "w: has a field \"stride\""},
        {"DtypeTwice", [] { return one(R"("dtype":"F32","dtype":"F32")"); }, "w: dtype is there twice"},
        {"ShapeTwice", [] { return one(R"("shape":[],"shape":[])"); }, "w: shape is there twice"},
        {"DtypeUnknown", [] { return with_dtype("\"F99\""); }, "w: its dtype \"F99\" is not known"},
        {"DtypeInLowerCase", [] { return with_dtype("\"f32\""); }, "w: its dtype \"f32\" is not known"},
        {"DtypeIsANumber", [] { return with_dtype("7"); }, "w: dtype is no string"},
        {"DtypeIsAList", [] { return with_dtype("[]"); }, "w: dtype is no string"},
        {"ShapeIsText", [] { return with_shape("\"4\""); }, "w: shape is no list"},
        {"ShapeIsNested", [] { return with_shape("[[4]]"); }, "w: shape holds something other than whole numbers"},
        {"ShapeNegative", [] { return with_shape("[-2,-2]"); }, "w: shape holds a negative number"},
        {"ShapeWithAFraction", [] { return with_shape("[4.0]"); }, "w: shape holds something other than whole"},
        {"ShapeOverflows", [] { return with_shape("[4294967296,4294967296]"); }, "w: its shape's product overflows"},
        {"ShapeOverflowsBeforeA0", [] { return with_shape("[4611686018427387904,4611686018427387904,0]"); },
         "w: its shape's product overflows"},
        {"ShapeOver64Bits", [] { return with_shape("[1180591620717411303424]"); }, "w: shape holds something other"},
        {"ShapeOfManyDimensions", [] { return with_shape("[1,1,1,1,1,1,1,1,4]"); }, "w: has more than 8 dimensions"},
        {"ShapeTooLarge", [] { return with_shape("[5]"); },
         "w: its shape as F32 needs 20 bytes, its data_offsets span 16"},
        {"ShapeTooSmall", [] { return with_shape("[3]"); }, "w: its shape as F32 needs 12 bytes"},
        {"HalfAByte", [] { return one(R"("dtype":"F4","shape":[1],"data_offsets":[0,0])"); }, "w: its shape as F4"},
        {"OffsetsAreText", [] { return with_offsets("[\"0\",\"16\"]"); }, "w: data_offsets holds something other"},
        {"OffsetsAreFractions", [] { return with_offsets("[0.5,16.5]"); }, "w: data_offsets holds something other"},
        {"OffsetsNegative", [] { return with_offsets("[-16,0]"); }, "w: data_offsets holds a negative number"},
        {"OffsetsMissing", [] { return with_offsets("[]"); }, "w: data_offsets are not two numbers"},
        {"OffsetsOfThree", [] { return with_offsets("[0,16,16]"); }, "w: data_offsets are not two numbers"},
        {"OffsetsReversed", [] { return with_offsets("[16,0]"); }, "w: data_offsets are reversed"},
        {"OffsetsPastTheEnd", [] { return with_offsets("[4,20]"); }, "w: reaches past the end of the file"},
        {"OffsetsHuge", [] { return with_offsets("[9223372036854775808,9223372036854775824]"); },
         "w: reaches past the end of the file"},
    };
    return lies;
}

const std::vector<Lie>& layout_lies() {
    static const std::vector<Lie> lies = {
        {"TensorTwice",
         [] {
             const std::string entry = safetensors_entry("w", "F32", "[2]", 0, 8);
             return with_header("{" + entry + "," + entry + "}");
         },
         "w: the tensor is there twice"},
        {"SharesAllBytes", [] { return two(0, 16, 0, 16); }, "shares bytes with another tensor"},
        {"SharesSomeBytes", [] { return two(0, 12, 8, 16); }, "w: shares bytes with another tensor"},
        {"HoleBetween", [] { return two(0, 4, 8, 16); }, "w: leaves a hole in the data before it"},
        {"HoleAtTheStart", [] { return two(4, 8, 8, 16); }, "u: leaves a hole in the data before it"},
        {"BytesLeftOver", [] { return two(0, 4, 4, 12); }, "4 bytes more than its tensors"},
        {"LastByteMissing",
         [] {
             const std::string whole = with_offsets("[0,16]");
             return whole.substr(0, whole.size() - 1);
         },
         "w: reaches past the end of the file"},
    };
    return lies;
}

class SafetensorsLie : public testing::TestWithParam<Lie> {};

TEST_P(SafetensorsLie, IsNamed) {
    const std::string bytes = GetParam().bytes();
    try {
        parse_safetensors_header(std::as_bytes(std::span(bytes)));
        FAIL() << "was believed";
    } catch (const Failure& failure) {
        EXPECT_THAT(failure.what(), testing::HasSubstr(GetParam().message));
    }
}

std::string name_of(const testing::TestParamInfo<Lie>& info) {
    return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(AtTheStart, SafetensorsLie, testing::ValuesIn(start_lies()), name_of);
INSTANTIATE_TEST_SUITE_P(InAnEntry, SafetensorsLie, testing::ValuesIn(entry_lies()), name_of);
INSTANTIATE_TEST_SUITE_P(InTheLayout, SafetensorsLie, testing::ValuesIn(layout_lies()), name_of);

}  // namespace
}  // namespace gatescope
