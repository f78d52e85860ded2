// The hash that captures name a model by: right, kept, and never kept wrongly.
#include "model/checkpoint/weight_hash.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "model/checkpoint/hash_cache.h"
#include "model/core/error.h"
#include "model/core/job_context.h"
#include "tests/support/temporary_folder.h"

namespace gatescope {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSha256OfAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

// A checkpoint that is nothing but its files.
class OnlyFiles final : public CheckpointReader {
  public:
    explicit OnlyFiles(std::vector<fs::path> files) : files_(std::move(files)) {}
    std::string format() const override { return "none"; }
    MetadataKind metadata_kind() const override { return MetadataKind::kGguf; }
    std::filesystem::path folder() const override { return {}; }
    std::vector<fs::path> weight_files() const override { return files_; }
    const std::vector<TensorInfo>& tensors() const override { return tensors_; }
    const nlohmann::json& metadata() const override { return metadata_; }
    void read_float32(const TensorInfo&, std::int64_t, std::span<float>) const override {}
    void release(const TensorInfo&) const override {}

  private:
    std::vector<fs::path> files_;
    std::vector<TensorInfo> tensors_;
    nlohmann::json metadata_;
};

// Every test has a cache folder of its own.
class WeightHash : public testing::Test {
  protected:
    WeightHash() { ::setenv("XDG_CACHE_HOME", (folder_ / "cache").c_str(), 1); }

    fs::path file(const std::string& name, const std::string& bytes) {
        std::ofstream(folder_ / name, std::ios::binary) << bytes;
        return folder_ / name;
    }
    std::string hash(const std::vector<fs::path>& files) { return weights_sha256(OnlyFiles(files), job_); }
    std::vector<fs::path> cache_entries() const {
        std::vector<fs::path> out;
        for (const auto& entry : fs::directory_iterator(folder_ / "cache/gatescope/hashes"))
            out.push_back(entry.path());
        return out;
    }

    TemporaryFolder folder_;
    JobContext job_;
};

TEST_F(WeightHash, OfBytesEqualsThePublishedVectors) {
    EXPECT_EQ(sha256_of("abc"), kSha256OfAbc);
    EXPECT_EQ(sha256_of(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_F(WeightHash, OfAFileLargerThanTheBufferEqualsThatOfItsBytes) {
    const std::string bytes(2'500'001, 'w');
    EXPECT_EQ(hash({file("w", bytes)}), sha256_of(bytes));
    EXPECT_EQ(job_.progress().unit, "MB");
    EXPECT_DOUBLE_EQ(job_.progress().done, job_.progress().total);
}

TEST_F(WeightHash, OfALargeFileIsTakenInSlicesThatLeaveTimeForOthers) {
    const auto path = file("w", std::string(70'000'000, 'w'));
    const OnlyFiles reader({path});
    WeightHasher hasher(reader);
    int slices = 1;
    while (hasher.step(job_)) ++slices;
    EXPECT_EQ(slices, 3);  // of 32 MiB
    EXPECT_EQ(hasher.result(), hash({path}));
    WeightHasher again(reader);
    EXPECT_FALSE(again.step(job_));
    EXPECT_EQ(again.result(), hasher.result());
}

TEST_F(WeightHash, TakesSeveralFilesInNameOrder) {
    const auto first = file("1", "a"), second = file("2", "bc");
    EXPECT_EQ(hash({second, first}), kSha256OfAbc);
}

TEST_F(WeightHash, IsKeptAndNotComputedAgain) {
    const auto path = file("w", "abc");
    hash({path});
    ASSERT_EQ(cache_entries().size(), 1u);
    const std::string forged(64, 'a');
    keep_hash(fingerprint({path}), forged);
    EXPECT_EQ(hash({path}), forged);
}

TEST_F(WeightHash, IsComputedAgainWhenTheFileChanges) {
    const auto path = file("w", "abd");
    hash({path});
    file("w", "abc");
    fs::last_write_time(path, fs::file_time_type::clock::now() + std::chrono::hours(1));
    EXPECT_EQ(hash({path}), kSha256OfAbc);
}

TEST_F(WeightHash, IsComputedAgainWhenItsEntryIsDamaged) {
    const auto path = file("w", "abc");
    hash({path});
    std::ofstream(cache_entries().at(0)) << "not a hash";
    EXPECT_EQ(hash({path}), kSha256OfAbc);
}

TEST_F(WeightHash, DoesWithoutACacheFolder) {
    ::setenv("XDG_CACHE_HOME", file("not-a-folder", "").c_str(), 1);
    EXPECT_EQ(hash({file("w", "abc")}), kSha256OfAbc);
}

TEST_F(WeightHash, StopsWhenCancelledAndKeepsNothing) {
    job_.cancel();
    EXPECT_THROW(hash({file("w", "abc")}), Cancelled);
    EXPECT_FALSE(fs::exists(folder_ / "cache"));
}

TEST_F(WeightHash, NamesAFileThatIsGone) {
    try {
        hash({folder_ / "gone"});
        FAIL() << "nothing was thrown";
    } catch (const Failure& failure) {
        EXPECT_NE(std::string(failure.what()).find("gone"), std::string::npos);
    }
}

}  // namespace
}  // namespace gatescope
