#include "app/engine/npy.h"

#include <gmock/gmock.h>

#include <cstring>

#include "model/core/error.h"

namespace gatescope {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string npy(const std::string& dictionary, const std::vector<std::int64_t>& values, char major = 1) {
    std::string out = "\x93NUMPY";
    out += {major, '\0', static_cast<char>(dictionary.size()), '\0'};
    if (major > 1) out += std::string(2, '\0');
    out += dictionary;
    const std::size_t header = out.size();
    out.resize(header + values.size() * sizeof(std::int64_t));
    if (!values.empty()) std::memcpy(out.data() + header, values.data(), values.size() * sizeof(std::int64_t));
    return out;
}

const std::string kThree = "{'descr': '<i8', 'fortran_order': False, 'shape': (3,), }";

std::string refusal(const std::string& bytes) {
    try {
        parse_npy_ids(bytes, "ids.npy");
    } catch (const Failure& failure) {
        return failure.what();
    }
    return "";
}

TEST(Npy, GivesIdsOfEveryVersion) {
    EXPECT_THAT(parse_npy_ids(npy(kThree, {7, -1, 5}), "ids.npy"), ElementsAre(7, -1, 5));
    EXPECT_THAT(parse_npy_ids(npy(kThree, {7, -1, 5}, 2), "ids.npy"), ElementsAre(7, -1, 5));
    EXPECT_THAT(parse_npy_ids(npy(kThree, {7, -1, 5}, 3), "ids.npy"), ElementsAre(7, -1, 5));
}

TEST(Npy, RefusesWhatEndsTooEarlyAtEveryByte) {
    const std::string whole = npy(kThree, {1, 2, 3});
    for (std::size_t end = 0; end < whole.size(); ++end)
        EXPECT_THAT(refusal(whole.substr(0, end)), HasSubstr("ids.npy")) << end;
}

TEST(Npy, RefusesShapesThatAreNotOneDimension) {
    for (const char* shape : {"()", "(3, 1)", "(3", "3", "(-3,)", "(99999999999999999999,)", "(2305843009213693952,)"})
        EXPECT_THAT(refusal(npy("{'descr': '<i8', 'shape': " + std::string(shape) + "}", {1, 2, 3})),
                    HasSubstr("ids.npy"))
            << shape;
}

TEST(Npy, RefusesOtherTypes) {
    for (const char* type : {"<f4", "<i4", ">i8", "|O", "<i88"})
        EXPECT_THAT(refusal(npy("{'descr': '" + std::string(type) + "', 'shape': (3,)}", {1, 2, 3})),
                    HasSubstr("no int64 ids"))
            << type;
}

TEST(Npy, WritesAHeaderThatKeepsTheDataAligned) {
    const std::string header = npy_float32_header(512, 49152);
    EXPECT_EQ(header.size() % 64, 0U);
    EXPECT_THAT(header, HasSubstr("'shape': (512, 49152)"));
    EXPECT_EQ(header.back(), '\n');
    EXPECT_EQ(static_cast<unsigned char>(header[8]) + 256U * static_cast<unsigned char>(header[9]), header.size() - 10);
}

}  // namespace
}  // namespace gatescope
