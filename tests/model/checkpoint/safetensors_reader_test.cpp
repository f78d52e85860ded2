// What an honest safetensors file gives.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <filesystem>

#include "model/checkpoint/safetensors_file.h"
#include "model/checkpoint/safetensors_header.h"
#include "model/core/error.h"
#include "tests/support/safetensors_bytes.h"
#include "tests/support/temporary_folder.h"

namespace gatescope {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

std::unique_ptr<TensorFile> opened(const TemporaryFolder& folder, std::string_view bytes) {
    return open_safetensors(write_file(folder / "m.safetensors", bytes));
}

std::vector<float> rows(const TensorFile& file, std::size_t index, std::int64_t first, std::size_t count) {
    std::vector<float> out(count);
    file.read_float32(index, first, out);
    return out;
}

const std::string kTwoTensors = safetensors_of({{"matrix", "[2,3]", {0, 1, 2, 3, 4, 5}}, {"vector", "[2]", {7, 8}}});

TEST(Safetensors, ListsTensorsInTheOrderOfTheHeader) {
    const TemporaryFolder folder;
    const auto file = opened(folder, kTwoTensors);
    ASSERT_EQ(file->tensors().size(), 2u);
    const TensorInfo& matrix = file->tensors()[0];
    EXPECT_EQ(matrix.name, "matrix");
    EXPECT_EQ(matrix.dtype, "F32");
    EXPECT_THAT(matrix.shape, ElementsAre(2, 3));
    EXPECT_EQ(matrix.size_bytes, 24u);
    EXPECT_EQ(matrix.offset, kTwoTensors.size() - 32);
}

TEST(Safetensors, ReadsAnyRowsAndLetsGoOfThem) {
    const TemporaryFolder folder;
    const auto file = opened(folder, kTwoTensors);
    EXPECT_THAT(rows(*file, 0, 0, 6), ElementsAre(0, 1, 2, 3, 4, 5));
    EXPECT_THAT(rows(*file, 0, 1, 3), ElementsAre(3, 4, 5));
    file->release(0);
    EXPECT_THAT(rows(*file, 1, 0, 2), ElementsAre(7, 8));
}

TEST(Safetensors, RefusesRowsThatTheTensorLacks) {
    const TemporaryFolder folder;
    const auto file = opened(folder, kTwoTensors);
    EXPECT_THROW(rows(*file, 0, 2, 3), Failure);
    EXPECT_THROW(rows(*file, 0, -1, 3), Failure);
    EXPECT_THROW(rows(*file, 0, 0, 2), Failure);
}

TEST(Safetensors, AScalarIsAVectorOfOneAndAnEmptyTensorHasNoRows) {
    const TemporaryFolder folder;
    const std::string header = "{" + safetensors_entry("none", "F32", "[0,5]", 0, 0) + "," +
                               safetensors_entry("one", "F32", "[]", 0, 4) + "}   ";
    const auto file = opened(folder, safetensors_bytes(header, ByteWriter().put(2.5F).bytes()));
    EXPECT_THAT(file->tensors()[1].shape, ElementsAre(1));
    EXPECT_THAT(rows(*file, 1, 0, 1), ElementsAre(2.5F));
    EXPECT_EQ(file->tensors()[0].element_count(), 0);
    EXPECT_TRUE(rows(*file, 0, 0, 0).empty());
}

TEST(Safetensors, KeepsTheMetadata) {
    const std::string bytes = safetensors_bytes(
        "{\"__metadata__\":{\"format\":\"pt\"}," + safetensors_entry("w", "U8", "[1]", 0, 1) + "}", "x");
    EXPECT_THAT(parse_safetensors_header(std::as_bytes(std::span(bytes))).metadata, ElementsAre(Pair("format", "pt")));
}

TEST(Safetensors, NamesATypeThatIsListedButNotRead) {
    const TemporaryFolder folder;
    const auto file = opened(folder, safetensors_bytes("{" + safetensors_entry("w", "F4", "[2]", 0, 1) + "}", "x"));
    try {
        rows(*file, 0, 0, 2);
        FAIL() << "was read";
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.kind(), FailureKind::kUnsupported);
        EXPECT_THAT(failure.what(), HasSubstr("m.safetensors: w: F4 can't be read"));
        EXPECT_THAT(failure.what(), HasSubstr("BF16"));
    }
}

TEST(Safetensors, GivesBfloat16AsItStandsAndNothingElseSo) {
    const TemporaryFolder folder;
    const std::string header =
        "{" + safetensors_entry("b", "BF16", "[2,2]", 0, 8) + "," + safetensors_entry("f", "F16", "[2]", 8, 12) + "}";
    ByteWriter data;
    for (std::uint16_t value = 1; value <= 6; ++value) data.put(value);
    const auto file = opened(folder, safetensors_bytes(header, data.bytes()));
    std::vector<std::uint16_t> bits(2);
    EXPECT_TRUE(file->read_bfloat16(0, 1, bits));
    EXPECT_THAT(bits, ElementsAre(3, 4));
    EXPECT_THROW(file->read_bfloat16(0, 2, bits), Failure);
    EXPECT_FALSE(file->read_bfloat16(1, 0, bits));
}

TEST(Safetensors, RefusesAFileThatWasWrittenToSinceItWasOpened) {
    const TemporaryFolder folder;
    const auto file = opened(folder, kTwoTensors);
    std::filesystem::last_write_time(folder / "m.safetensors",
                                     std::filesystem::file_time_type::clock::now() + std::chrono::hours(1));
    try {
        rows(*file, 0, 0, 3);
        FAIL() << "was read";
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.kind(), FailureKind::kBadFile);
        EXPECT_EQ(failure.where(), (folder / "m.safetensors").string());
        EXPECT_EQ(failure.fault(), "was written to while it was open");
    }
}

TEST(Safetensors, SaysThatAFileWasCutShortSinceItWasOpened) {
    const TemporaryFolder folder;
    const auto file = opened(folder, kTwoTensors);
    std::filesystem::resize_file(folder / "m.safetensors", 10);
    EXPECT_THROW(rows(*file, 0, 0, 3), Failure);
}

TEST(Safetensors, SaysThatAPointerOfGitLfsIsOne) {
    const TemporaryFolder folder;
    try {
        opened(folder, "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n");
        FAIL() << "was opened";
    } catch (const Failure& failure) {
        EXPECT_THAT(failure.what(), HasSubstr("m.safetensors: is a Git LFS pointer"));
    }
}

// The golden holds every type under its name, and what torch's .float() makes of it under NAME.float.
TEST(Safetensors, UpcastsEveryTypeAsTorchDoes) {
    const auto file = open_safetensors(std::filesystem::path(GATESCOPE_GOLDEN_DIR) / "formats" / "numbers.safetensors");
    const auto index_of = [&](const std::string& name) {
        const auto& tensors = file->tensors();
        const auto found = std::find_if(tensors.begin(), tensors.end(), [&](const auto& t) { return t.name == name; });
        return static_cast<std::size_t>(found - tensors.begin());
    };
    int n_types = 0;
    for (const NumberType& type : number_types()) {
        const std::size_t stored = index_of(std::string(type.name));
        if (type.to_float32 == nullptr || stored == file->tensors().size()) continue;
        EXPECT_EQ(file->tensors()[stored].dtype, type.name);
        const auto count = static_cast<std::size_t>(file->tensors()[stored].element_count());
        const auto got = rows(*file, stored, 0, count);
        const auto wanted = rows(*file, index_of(std::string(type.name) + ".float"), 0, count);
        for (std::size_t n = 0; n < count; ++n)
            EXPECT_TRUE(got[n] == wanted[n] || (std::isnan(got[n]) && std::isnan(wanted[n])))
                << type.name << " " << n << ": " << got[n] << " is not " << wanted[n];
        ++n_types;
    }
    EXPECT_EQ(n_types, 12);
}

}  // namespace
}  // namespace gatescope
