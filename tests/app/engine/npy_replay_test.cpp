// Repeats every token file the fuzzer starts from, and every one it once fell over.
#include <gtest/gtest.h>

#include "tests/fuzz/npy_target.h"
#include "tests/support/folder_contents.h"

namespace gatescope {
namespace {

const std::filesystem::path kFuzzFolder = std::filesystem::path(GATESCOPE_GOLDEN_DIR).parent_path() / "fuzz";

TEST(NpyReplay, EverySeedAndEveryFindOfTheFuzzerIsReadOrRefused) {
    std::vector<std::string> files = contents_of(kFuzzFolder / "corpus" / "npy");
    ASSERT_GE(files.size(), 4U);
    for (std::string& find : contents_of(kFuzzFolder / "regressions" / "npy")) files.push_back(std::move(find));
    for (const std::string& file : files) EXPECT_NO_THROW(read_npy(file));
}

}  // namespace
}  // namespace gatescope
