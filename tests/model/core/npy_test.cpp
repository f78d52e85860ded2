#include "model/core/npy.h"

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
                    HasSubstr("ids.astype('<i8')"))
            << type;
}

TEST(Npy, GivesIntegersOfAnyNumberOfDimensions) {
    const std::string long_bytes =
        npy("{'descr': '<i8', 'fortran_order': False, 'shape': (2, 3), }", {1, 2, 3, 4, -5, 6});
    const NpyIntegers longs = parse_npy_integers(long_bytes, "keys.npy");
    EXPECT_THAT(longs.shape, ElementsAre(2, 3));
    EXPECT_EQ(longs.count(), 6);
    EXPECT_EQ(longs.at(4), -5);
    const std::string short_bytes =
        npy("{'descr': '<i4', 'fortran_order': False, 'shape': (1, 2, 1), }", {(7LL << 32) | 9});
    const NpyIntegers shorts = parse_npy_integers(short_bytes, "keys.npy");
    EXPECT_THAT(shorts.shape, ElementsAre(1, 2, 1));
    EXPECT_EQ(shorts.at(0), 9);
    EXPECT_EQ(shorts.at(1), 7);
    const std::string none = npy("{'descr': '<i4', 'shape': (4, 0), }", {});
    EXPECT_EQ(parse_npy_integers(none, "keys.npy").count(), 0);
    const std::string scalar = npy("{'descr': '<i8', 'shape': (), }", {3});
    EXPECT_EQ(parse_npy_integers(scalar, "keys.npy").at(0), 3);
}

TEST(Npy, RefusesArraysThatClaimMoreThanTheyHoldOrAreInAnotherOrder) {
    const auto refused = [](const std::string& dictionary) {
        try {
            (void)parse_npy_integers(npy(dictionary, {1, 2, 3}), "keys.npy");
            return std::string();
        } catch (const Failure& failure) {
            return std::string(failure.what());
        }
    };
    for (const char* shape : {"(4,)", "(2, 2)", "(1, 1, 1, 4)", "(4294967296, 4294967296)", "(9223372036854775807, 2)"})
        EXPECT_THAT(refused("{'descr': '<i8', 'shape': " + std::string(shape) + "}"), HasSubstr("claims more"))
            << shape;
    for (const char* shape : {"(3", "3", "(-1,)", "(1 1)x", "(,)", "(99999999999999999999,)", ""})
        EXPECT_THAT(refused("{'descr': '<i8', 'shape': " + std::string(shape) + "}"), HasSubstr("keys.npy")) << shape;
    EXPECT_THAT(refused("{'descr': '<i8', 'fortran_order': True, 'shape': (3,)}"), HasSubstr("Fortran"));
    EXPECT_THAT(refused("{'descr': '<f4', 'shape': (3,)}"), HasSubstr("astype"));
    std::string deep = "(";
    for (int n = 0; n < 33; ++n) deep += "1, ";
    EXPECT_THAT(refused("{'descr': '<i8', 'shape': " + deep + ")}"), HasSubstr("impossible"));
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
