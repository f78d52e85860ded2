// Repeats every capture the fuzzer starts from, and every one it once fell over.
#include <gtest/gtest.h>

#include "tests/fuzz/capture_target.h"
#include "tests/support/fuzz_files.h"

namespace gatescope {
namespace {

TEST(CaptureReplay, EverySeedAndEveryFindOfTheFuzzerIsReadOrRefused) {
    ASSERT_GE(fuzz_seeds("capture").size(), 1U);
    const auto files = fuzz_seeds_and_finds("capture");
    for (const std::string& file : files) EXPECT_NO_THROW(read_capture_bytes(file));
}

}  // namespace
}  // namespace gatescope
