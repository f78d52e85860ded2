// Repeats every input the SentencePiece fuzzer starts from, and every one it once fell over.
#include <gtest/gtest.h>

#include "tests/fuzz/sentencepiece_target.h"
#include "tests/support/fuzz_files.h"

namespace gatescope {
namespace {

TEST(SentencePieceReplay, EverySeedIsAnHonestModel) {
    const auto seeds = fuzz_seeds("sentencepiece");
    ASSERT_GE(seeds.size(), 3U);
    for (const std::string& seed : seeds) EXPECT_NO_THROW(sentencepiece_parts(read_sentencepiece(seed), {}));
}

TEST(SentencePieceReplay, EverySeedAndEveryFindOfTheFuzzerIsTokenizedOrRefused) {
    const auto inputs = fuzz_seeds_and_finds("sentencepiece");
    for (const std::string& input : inputs) EXPECT_NO_THROW(read_hostile_sentencepiece(input));
}

}  // namespace
}  // namespace gatescope
