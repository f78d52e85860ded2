// Repeats every capture the fuzzer starts from, and every one it once fell over.
#include <gtest/gtest.h>

#include "tests/fuzz/capture_target.h"
#include "tests/support/folder_contents.h"

namespace gatescope {
namespace {

const std::filesystem::path kFuzzFolder = std::filesystem::path(GATESCOPE_GOLDEN_DIR).parent_path() / "fuzz";

TEST(CaptureReplay, EverySeedAndEveryFindOfTheFuzzerIsReadOrRefused) {
    std::vector<std::string> files = contents_of(kFuzzFolder / "corpus" / "capture");
    ASSERT_GE(files.size(), 1U);
    for (std::string& find : contents_of(kFuzzFolder / "regressions" / "capture")) files.push_back(std::move(find));
    for (const std::string& file : files) EXPECT_NO_THROW(read_capture_bytes(file));
}

}  // namespace
}  // namespace gatescope
