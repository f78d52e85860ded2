#include "model/train/data/token_file.h"

#include <gtest/gtest.h>

#include <fstream>

#include "model/core/error.h"
#include "tests/fuzz/token_file_target.h"
#include "tests/support/temporary_folder.h"

namespace gatescope {
namespace {

using Ids = std::vector<std::int32_t>;

const std::string kKey(64, 'a');

void write(const std::filesystem::path& path, const Ids& train, const Ids& held_out) {
    TokenFileWriter writer(path, kKey);
    writer.add(train);
    writer.end_training();
    writer.add(held_out);
    writer.publish();
}

TEST(TokenFile, HoldsBothPartsAndCountsTheOneToTrainOn) {
    const TemporaryFolder folder;
    JobContext job;
    write(folder / "a.tokens", {3, 1, 3}, {4, 0});
    const auto file = TokenFile::open(folder / "a.tokens", kKey, 5, job);
    ASSERT_NE(file, nullptr);
    EXPECT_EQ(Ids(file->train().begin(), file->train().end()), (Ids{3, 1, 3}));
    EXPECT_EQ(Ids(file->held_out().begin(), file->held_out().end()), (Ids{4, 0}));
    EXPECT_EQ(file->train_counts(), (std::vector<std::uint64_t>{0, 1, 0, 2, 0}));
}

TEST(TokenFile, LongPiecesComeBackAsTheyWere) {
    const TemporaryFolder folder;
    JobContext job;
    Ids ids(3'000'001);
    for (std::size_t n = 0; n < ids.size(); ++n) ids[n] = static_cast<std::int32_t>(n % 977);
    TokenFileWriter writer(folder / "a.tokens", kKey);
    for (std::size_t at = 0, size = 1; at < ids.size(); at += size, size = size * 7 % 400'009 + 1)
        writer.add(std::span(ids).subspan(at, std::min(size, ids.size() - at)));
    writer.end_training();
    writer.publish();
    const auto file = TokenFile::open(folder / "a.tokens", kKey, 977, job);
    ASSERT_NE(file, nullptr);
    EXPECT_TRUE(std::ranges::equal(file->train(), ids));
    EXPECT_TRUE(file->held_out().empty());
}

TEST(TokenFile, ForAnotherKeyOrSmallerVocabularyOrCutShortIsNone) {
    const TemporaryFolder folder;
    JobContext job;
    const std::filesystem::path path = folder / "a.tokens";
    write(path, {3, 1, 3}, {4, 0});
    EXPECT_EQ(TokenFile::open(path, std::string(64, 'b'), 5, job), nullptr);
    EXPECT_EQ(TokenFile::open(path, kKey, 4, job), nullptr);
    EXPECT_EQ(TokenFile::open(folder / "b.tokens", kKey, 5, job), nullptr);
    EXPECT_EQ(TokenFile::open(folder.path(), kKey, 5, job), nullptr);
    write(path, {-1, 1, 3}, {4, 0});
    EXPECT_EQ(TokenFile::open(path, kKey, 5, job), nullptr);
    const std::filesystem::path whole = folder / "whole.tokens";
    write(whole, {3, 1, 3}, {4, 0});
    const std::uintmax_t size = std::filesystem::file_size(whole);
    for (std::uintmax_t cut = 0; cut < size; ++cut) {
        std::filesystem::copy_file(whole, path, std::filesystem::copy_options::overwrite_existing);
        std::filesystem::resize_file(path, cut);
        ASSERT_EQ(TokenFile::open(path, kKey, 5, job), nullptr) << cut << " bytes";
    }
}

// What a disk that fills up does to a write; the message names the file, and nothing is left of it.
TEST(TokenFile, OnAFullDiskIsRefusedAndLeavesNothing) {
    EXPECT_THROW(TokenFileWriter("/dev/full", kKey), Failure);
}

TEST(TokenFile, BytesOfAnyKindAreReadOrLeftAside) {
    std::uint64_t state = 1;
    for (int round = 0; round < 300; ++round) {
        std::string bytes;
        for (std::uint64_t size = state % 400; bytes.size() < size; bytes += static_cast<char>(state >> 33U))
            state = state * 6364136223846793005U + 1442695040888963407U;
        if (round % 2 == 0) bytes += token_file_trailer(kTokenFileKey, state % 100, state % 7) + std::string(64, '0');
        state = state * 6364136223846793005U + 1442695040888963407U;
        EXPECT_NO_THROW(open_token_file(std::as_bytes(std::span(bytes))));
    }
}

}  // namespace
}  // namespace gatescope
