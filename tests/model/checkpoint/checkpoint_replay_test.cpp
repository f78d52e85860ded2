// Repeats every file that the fuzzers of safetensors and PyTorch files start from, and every one they once fell over.
#include <gtest/gtest.h>

#include <span>
#include <string>

#include "tests/fuzz/pickle_target.h"
#include "tests/fuzz/safetensors_target.h"
#include "tests/support/fuzz_files.h"

namespace gatescope {
namespace {

TEST(SafetensorsReplay, EverySeedIsAnHonestFile) {
    const auto seeds = fuzz_seeds("safetensors");
    ASSERT_GE(seeds.size(), 3u);
    for (const std::string& seed : seeds) EXPECT_NO_THROW(parse_safetensors_header(std::as_bytes(std::span(seed))));
}

TEST(SafetensorsReplay, EverySeedAndEveryFindOfTheFuzzerIsReadOrRefused) {
    for (const std::string& file : fuzz_seeds_and_finds("safetensors"))
        EXPECT_NO_THROW(read_safetensors(std::as_bytes(std::span(file))));
}

TEST(PickleReplay, EverySeedIsAnHonestFile) {
    const auto seeds = fuzz_seeds("pickle");
    ASSERT_GE(seeds.size(), 7u);
    for (const std::string& seed : seeds) {
        const auto bytes = std::as_bytes(std::span(seed));
        if (begins_as_zip(bytes))
            EXPECT_FALSE(parse_torch_header(bytes).empty());
        else
            EXPECT_FALSE(read_torch_pickle(bytes).empty());
    }
}

TEST(PickleReplay, EverySeedAndEveryFindOfTheFuzzerIsReadOrRefused) {
    for (const std::string& file : fuzz_seeds_and_finds("pickle"))
        EXPECT_NO_THROW(read_torch(std::as_bytes(std::span(file))));
}

}  // namespace
}  // namespace gatescope
