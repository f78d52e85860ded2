// What an honest GGUF file gives.
#include "model/checkpoint/gguf_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <thread>
#include <vector>

#include "model/core/error.h"
#include "tests/support/byte_writer.h"
#include "tests/support/gguf_builder.h"
#include "tests/support/temporary_folder.h"

namespace gatescope {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::vector<float> kMatrix = {0, 1, 2, 3, 4, 5};

GgufBuilder two_tensors() {
    GgufBuilder builder;
    builder.add_string("general.architecture", "llama").add_u32("llama.block_count", 3);
    builder.add_tensor_f32("matrix", {2, 3}, kMatrix).add_tensor_f32("vector", {2}, std::vector<float>{7, 8});
    return builder;
}

std::vector<float> rows(const CheckpointReader& reader, const std::string& name, std::int64_t first,
                        std::size_t count) {
    std::vector<float> out(count);
    reader.read_float32(*reader.find(name), first, out);
    return out;
}

TEST(GgufReader, ListsTensorsInFileOrderWithTheOutermostDimensionFirst) {
    const TemporaryFolder folder;
    const auto reader = open_gguf(two_tensors().write(folder / "m.gguf"));
    ASSERT_EQ(reader->tensors().size(), 2u);
    EXPECT_EQ(reader->tensors()[0].name, "matrix");
    EXPECT_THAT(reader->tensors()[0].shape, ElementsAre(2, 3));
    EXPECT_EQ(reader->tensors()[0].dtype, "F32");
    EXPECT_EQ(reader->tensors()[0].size_bytes, 24u);
    EXPECT_EQ(reader->tensors()[0].element_count(), 6);
    EXPECT_EQ(reader->tensors()[1].name, "vector");
    EXPECT_EQ(reader->tensors()[1].offset, reader->tensors()[0].offset + 32);
}

TEST(GgufReader, ReadsAnyRowsOfATensor) {
    const TemporaryFolder folder;
    const auto reader = open_gguf(two_tensors().write(folder / "m.gguf"));
    EXPECT_EQ(rows(*reader, "matrix", 0, 6), kMatrix);
    EXPECT_THAT(rows(*reader, "matrix", 1, 3), ElementsAre(3, 4, 5));
    EXPECT_THAT(rows(*reader, "vector", 0, 2), ElementsAre(7, 8));
}

TEST(GgufReader, ReadsTheSameAfterItsPagesWereReleased) {
    const TemporaryFolder folder;
    const std::vector<float> many(1 << 16, 2.5F);
    const auto reader = open_gguf(GgufBuilder().add_tensor_f32("many", {1 << 16}, many).write(folder / "m.gguf"));
    reader->release(*reader->find("many"));
    EXPECT_EQ(rows(*reader, "many", 0, many.size()), many);
}

TEST(GgufReader, RefusesRowsThatATensorDoesNotHave) {
    const TemporaryFolder folder;
    const auto reader = open_gguf(two_tensors().write(folder / "m.gguf"));
    EXPECT_THROW(rows(*reader, "matrix", 1, 6), Failure);
    EXPECT_THROW(rows(*reader, "matrix", -1, 3), Failure);
    EXPECT_THROW(rows(*reader, "matrix", 0, 2), Failure);
}

TEST(GgufReader, FindsATensorByNameAndNothingByAnother) {
    const TemporaryFolder folder;
    const auto reader = open_gguf(two_tensors().write(folder / "m.gguf"));
    ASSERT_NE(reader->find("vector"), nullptr);
    EXPECT_EQ(reader->find("vector"), &reader->tensors()[1]);
    EXPECT_EQ(reader->find("victor"), nullptr);
}

TEST(GgufReader, GivesEveryKindOfMetadataWithItsFullRange) {
    const TemporaryFolder folder;
    GgufBuilder builder;
    const std::uint64_t large = 0xfffffffffffffffeu;
    builder.add_u64("u64", large).add_f32("f32", 0.1F).add_bool("bool", true).add_string("text", "a\xffz");
    builder.add_array_string("words", {"", "two", "\xe2\x82\xac"}).add_array_i32("numbers", {-1, 5});
    builder.add_raw_pair("i64", 11, ByteWriter().put(std::int64_t{-9'000'000'000}).bytes());
    builder.add_raw_pair("u8", 0, "\xff").add_raw_pair("i8", 1, "\xff");
    const auto reader = open_gguf(builder.write(folder / "m.gguf"));
    const nlohmann::json& metadata = reader->metadata();
    EXPECT_EQ(metadata.at("u64").get<std::uint64_t>(), large);
    EXPECT_EQ(metadata.at("i64").get<std::int64_t>(), -9'000'000'000);
    EXPECT_EQ(metadata.at("f32").get<double>(), static_cast<double>(0.1F));
    EXPECT_EQ(metadata.at("bool"), true);
    EXPECT_EQ(metadata.at("text").get<std::string>(), "a\xffz");
    EXPECT_EQ(metadata.at("words").at(2), "\xe2\x82\xac");
    EXPECT_EQ(metadata.at("numbers"), (nlohmann::json{-1, 5}));
    EXPECT_EQ(metadata.at("u8"), 255);
    EXPECT_EQ(metadata.at("i8"), -1);
}

TEST(GgufReader, KeepsNestedArrays) {
    const std::string inner = ByteWriter().put(0u).put(std::uint64_t{2}).raw("\x01\x02").bytes();
    const std::string outer = ByteWriter().put(9u).put(std::uint64_t{2}).raw(inner).raw(inner).bytes();
    const TemporaryFolder folder;
    const auto reader = open_gguf(GgufBuilder().add_raw_pair("a", 9, outer).write(folder / "m.gguf"));
    EXPECT_EQ(reader->metadata().at("a"), (nlohmann::json{{1, 2}, {1, 2}}));
}

TEST(GgufReader, HonoursTheAlignmentThatTheFileNames) {
    const TemporaryFolder folder;
    GgufBuilder builder;
    builder.set_alignment(256).add_tensor_f32("a", {1}, std::vector<float>{1});
    builder.add_tensor_f32("b", {1}, std::vector<float>{2});
    const auto reader = open_gguf(builder.write(folder / "m.gguf"));
    EXPECT_EQ(reader->find("b")->offset % 256, 0u);
    EXPECT_THAT(rows(*reader, "b", 0, 1), ElementsAre(2));
}

TEST(GgufReader, ReadsVersion2AndFilesWithoutTensors) {
    const TemporaryFolder folder;
    const auto reader = open_gguf(GgufBuilder().set_version(2).add_u32("a", 1).write(folder / "m.gguf"));
    EXPECT_TRUE(reader->tensors().empty());
    EXPECT_EQ(reader->metadata().at("a"), 1);
}

TEST(GgufReader, TakesATensorWithoutDimensionsForOneValue) {
    const TemporaryFolder folder;
    const float value = 4;
    const auto reader = open_gguf(GgufBuilder().add_tensor_f32("a", {}, {&value, 1}).write(folder / "m.gguf"));
    EXPECT_THAT(reader->tensors()[0].shape, ElementsAre(1));
    EXPECT_THAT(rows(*reader, "a", 0, 1), ElementsAre(4));
}

TEST(GgufReader, ListsATypeItCannotReadAndSaysSoOnlyWhenItIsRead) {
    const TemporaryFolder folder;
    GgufBuilder builder;
    builder.add_tensor("odd", {256}, 16, std::string(66, '\0'));
    const auto reader = open_gguf(builder.write(folder / "m.gguf"));
    EXPECT_EQ(reader->tensors()[0].dtype, "IQ2_XXS");
    try {
        rows(*reader, "odd", 0, 256);
        FAIL() << "nothing was thrown";
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.kind(), FailureKind::kUnsupported);
        EXPECT_THAT(failure.what(), HasSubstr("odd"));
        EXPECT_THAT(failure.what(), HasSubstr("Q4_1"));
    }
}

TEST(GgufReader, FailsCleanlyWhenTheFileIsCutShortWhileOpen) {
    const TemporaryFolder folder;
    const std::vector<float> many(1 << 16, 2.5F);
    const auto path = GgufBuilder().add_tensor_f32("many", {1 << 16}, many).write(folder / "m.gguf");
    const auto reader = open_gguf(path);
    std::filesystem::resize_file(path, 200);
    EXPECT_THROW(rows(*reader, "many", 0, many.size()), Failure);
}

TEST(GgufReader, MayBeReadByManyThreads) {
    const TemporaryFolder folder;
    const auto reader = open_gguf(two_tensors().write(folder / "m.gguf"));
    std::vector<std::vector<float>> seen(8);
    {
        std::vector<std::jthread> threads;
        for (auto& out : seen) threads.emplace_back([&reader, &out] { out = rows(*reader, "matrix", 0, 6); });
    }
    for (const auto& values : seen) EXPECT_EQ(values, kMatrix);
}

}  // namespace
}  // namespace gatescope
