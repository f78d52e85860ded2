// How a path that is not a checkpoint is refused: the line says what it is and what would do.
#include "model/checkpoint/formats.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <set>
#include <string>

#include "model/core/error.h"
#include "tests/support/gguf_builder.h"
#include "tests/support/temporary_folder.h"

namespace gatescope {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

std::filesystem::path file_of(const TemporaryFolder& folder, const std::string& name, const std::string& bytes) {
    std::ofstream(folder / name, std::ios::binary) << bytes;
    return folder / name;
}

// The refusal's kind and line.
std::pair<FailureKind, std::string> refusal(const std::filesystem::path& path) {
    try {
        open_checkpoint(path);
    } catch (const Failure& failure) {
        return {failure.kind(), failure.what()};
    }
    return {FailureKind::kInternal, "was opened"};
}

TEST(Formats, EveryFormatHasItsOwnIdAndAHelp) {
    std::set<std::string_view> ids;
    for (const CheckpointFormat& format : checkpoint_formats()) {
        EXPECT_TRUE(ids.insert(format.id).second) << format.id;
        EXPECT_FALSE(format.help.empty());
        EXPECT_FALSE(format.extensions.empty());
        for (const std::string_view extension : format.extensions) EXPECT_TRUE(extension.starts_with("."));
    }
}

TEST(Formats, AGgufIsKnownByItsFirstBytesWhateverItsName) {
    const TemporaryFolder folder;
    EXPECT_EQ(open_checkpoint(GgufBuilder().write(folder / "weights.bin"))->format(), "gguf");
}

TEST(Formats, ABrokenFileNamedGgufIsABrokenGgufNotAnUnknownFile) {
    const TemporaryFolder folder;
    const auto [kind, line] = refusal(file_of(folder, "m.gguf", "GG"));
    EXPECT_EQ(kind, FailureKind::kBadFile);
    EXPECT_THAT(line, HasSubstr("m.gguf: does not begin with GGUF"));
}

TEST(Formats, AnErrorInsideAFileNamesTheFileAndTheTensor) {
    const TemporaryFolder folder;
    const auto path = GgufBuilder().add_raw_tensor("blk.0.attn_q.weight", {0}, 0, 0).write(folder / "m.gguf");
    EXPECT_THAT(refusal(path).second, StartsWith(path.string() + ": blk.0.attn_q.weight: a dimension is 0"));
}

TEST(Formats, AMissingFileBringsTheNearestNameBesideIt) {
    const TemporaryFolder folder;
    GgufBuilder().write(folder / "smollm.gguf");
    const auto [kind, line] = refusal(folder / "smolm.gguf");
    EXPECT_EQ(kind, FailureKind::kNotFound);
    EXPECT_THAT(line, AllOf(HasSubstr("no such file"), HasSubstr("did you mean " + (folder / "smollm.gguf").string())));
}

TEST(Formats, AFileInAMissingFolderIsMissing) {
    const TemporaryFolder folder;
    EXPECT_EQ(refusal(folder.path() / "none" / "m.gguf").first, FailureKind::kNotFound);
}

TEST(Formats, AnEmptyFileIsSaidToBeEmpty) {
    const TemporaryFolder folder;
    const auto [kind, line] = refusal(file_of(folder, "m.gguf", ""));
    EXPECT_EQ(kind, FailureKind::kBadFile);
    EXPECT_THAT(line, HasSubstr("is empty"));
}

TEST(Formats, APipeIsRefusedWithoutWaitingForIt) {
    const TemporaryFolder folder;
    ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
    EXPECT_THAT(refusal(folder / "pipe").second, HasSubstr("is not a regular file"));
}

TEST(Formats, AnotherKindOfFileIsNamedByWhatItLooksLike) {
    const TemporaryFolder folder;
    EXPECT_THAT(refusal(file_of(folder, "m.h5", "\x89HDF\r\n\x1a\n")).second, HasSubstr("HDF5"));
    EXPECT_THAT(refusal(file_of(folder, "m.bin", "version https://git-lfs")).second, HasSubstr("Git LFS"));
    EXPECT_THAT(refusal(file_of(folder, "m.txt", "Once upon a time")).second,
                AllOf(HasSubstr("not a checkpoint of a known format"), HasSubstr("GGUF (.gguf)")));
}

}  // namespace
}  // namespace gatescope
