#include "model/core/output_file.h"

#include <gmock/gmock.h>

#include <fstream>

#include "model/core/error.h"
#include "tests/support/full_disk.h"
#include "tests/support/temporary_folder.h"

namespace gatescope {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

std::string contents(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void write_text(OutputFile& file, std::string_view text) {
    file.write(std::as_bytes(std::span(text)));
}

std::string refusal(auto attempt) {
    try {
        attempt();
    } catch (const Failure& failure) {
        return failure.what();
    }
    return "";
}

class OutputFileTest : public testing::Test {
  protected:
    TemporaryFolder folder_;
    fs::path target_ = folder_.path() / "out.bin";
    fs::path partial_ = folder_.path() / "out.bin.partial";
};

TEST_F(OutputFileTest, AppearsOnlyOncePublished) {
    OutputFile file(target_, false);
    write_text(file, "abc");
    EXPECT_FALSE(fs::exists(target_));
    file.publish();
    EXPECT_EQ(contents(target_), "abc");
    EXPECT_FALSE(fs::exists(partial_));
}

TEST_F(OutputFileTest, LeavesNothingWhenItIsNotPublished) {
    { write_text(*std::make_unique<OutputFile>(target_, false), "abc"); }
    EXPECT_TRUE(fs::is_empty(folder_.path()));
}

TEST_F(OutputFileTest, RefusesAnExistingFileUnlessItMayBeReplaced) {
    std::ofstream(target_) << "old";
    EXPECT_THAT(refusal([&] { OutputFile(target_, false); }), HasSubstr("--force"));
    EXPECT_EQ(contents(target_), "old");
    OutputFile file(target_, true);
    write_text(file, "new");
    EXPECT_EQ(contents(target_), "old");
    file.publish();
    EXPECT_EQ(contents(target_), "new");
}

TEST_F(OutputFileTest, DoesNotReplaceAFileThatAppearedMeanwhile) {
    {
        OutputFile file(target_, false);
        std::ofstream(target_) << "theirs";
        EXPECT_THAT(refusal([&] { file.publish(); }), HasSubstr("exists already"));
    }
    EXPECT_EQ(contents(target_), "theirs");
    EXPECT_FALSE(fs::exists(partial_));
}

TEST_F(OutputFileTest, ReplacesAStalePartialFile) {
    std::ofstream(partial_) << "left by a run that was killed";
    OutputFile file(target_, false);
    write_text(file, "abc");
    file.publish();
    EXPECT_EQ(contents(target_), "abc");
}

TEST_F(OutputFileTest, RefusesATargetThatAnotherRunIsWriting) {
    OutputFile first(target_, false);
    EXPECT_THAT(refusal([&] { OutputFile(target_, false); }), HasSubstr("another run"));
    write_text(first, "abc");
    first.publish();
    EXPECT_EQ(contents(target_), "abc");
}

TEST_F(OutputFileTest, RefusesFoldersDevicesAndMissingFolders) {
    EXPECT_THAT(refusal([&] { check_output_target(folder_.path(), true); }), HasSubstr("is a folder"));
    EXPECT_THAT(refusal([&] { check_output_target("/dev/null", true); }), HasSubstr("not a regular file"));
    EXPECT_THAT(refusal([&] { check_output_target(folder_.path() / "no/x.h5", true); }), HasSubstr("folder"));
    EXPECT_THAT(refusal([&] { check_output_target(folder_.path() / std::string(300, 'x'), true); }), HasSubstr("long"));
    EXPECT_THAT(refusal([&] { check_output_target("", true); }), HasSubstr("no file name"));
}

TEST_F(OutputFileTest, SaysSoAndLeavesNothingWhenTheDiskIsFull) {
    const std::string line = refusal([&] {
        const FullDisk full(1000);
        OutputFile file(target_, false);
        write_text(file, std::string(5000, 'x'));
        file.publish();
    });
    EXPECT_THAT(line, HasSubstr("free some space"));
    EXPECT_TRUE(fs::is_empty(folder_.path()));
}

}  // namespace
}  // namespace gatescope
