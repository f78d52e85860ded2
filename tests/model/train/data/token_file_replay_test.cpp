// Repeats every file the token file fuzzer starts from, and every one it once fell over.
#include <gtest/gtest.h>

#include "tests/fuzz/token_file_target.h"
#include "tests/support/fuzz_files.h"

namespace gatescope {
namespace {

TEST(TokenFileReplay, OfTheSeedsThoseAreTakenThatAreHonest) {
    std::size_t taken = 0;
    ASSERT_EQ(fuzz_seeds("token_file").size(), 12U);
    for (const std::string& file : fuzz_seeds("token_file"))
        taken += open_token_file(std::as_bytes(std::span(file))) ? 1U : 0U;
    EXPECT_EQ(taken, 3U);
}

TEST(TokenFileReplay, EveryFindOfTheFuzzerIsReadOrLeftAside) {
    for (const std::string& file : fuzz_finds("token_file"))
        EXPECT_NO_THROW(open_token_file(std::as_bytes(std::span(file))));
}

}  // namespace
}  // namespace gatescope
