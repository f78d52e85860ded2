// Repeats every file the GGUF fuzzer starts from, and every one it once fell over.
#include <gtest/gtest.h>

#include <span>
#include <string>

#include "tests/fuzz/gguf_target.h"
#include "tests/support/fuzz_files.h"

namespace gatescope {
namespace {

TEST(GgufReplay, EverySeedIsAnHonestFile) {
    const auto seeds = fuzz_seeds("gguf");
    ASSERT_GE(seeds.size(), 3u);
    for (const std::string& seed : seeds) EXPECT_NO_THROW(parse_gguf_header(std::as_bytes(std::span(seed))));
}

TEST(GgufReplay, EverySeedAndEveryFindOfTheFuzzerIsReadOrRefused) {
    const auto files = fuzz_seeds_and_finds("gguf");
    for (const std::string& file : files) EXPECT_NO_THROW(read_gguf(std::as_bytes(std::span(file))));
}

}  // namespace
}  // namespace gatescope
