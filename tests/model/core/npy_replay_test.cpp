// Repeats every token file the fuzzer starts from, and every one it once fell over.
#include <gtest/gtest.h>

#include "tests/fuzz/npy_target.h"
#include "tests/support/fuzz_files.h"

namespace gatescope {
namespace {

TEST(NpyReplay, EverySeedAndEveryFindOfTheFuzzerIsReadOrRefused) {
    ASSERT_GE(fuzz_seeds("npy").size(), 4U);
    const auto files = fuzz_seeds_and_finds("npy");
    for (const std::string& file : files) EXPECT_NO_THROW(read_npy(file));
}

}  // namespace
}  // namespace gatescope
