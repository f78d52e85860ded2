// Repeats every input the tokenizer fuzzer starts from, and every one it once fell over.
#include <gtest/gtest.h>

#include "tests/fuzz/tokenizer_json_target.h"
#include "tests/fuzz/tokenizer_target.h"
#include "tests/support/fuzz_files.h"

namespace gatescope {
namespace {

TEST(TokenizerReplay, EverySeedIsAnHonestVocabulary) {
    const auto seeds = fuzz_seeds("tokenizer");
    ASSERT_GE(seeds.size(), 4U);
    for (const std::string& seed : seeds)
        EXPECT_NO_THROW(make_gguf_tokenizer(nlohmann::json::parse(seed.substr(0, seed.find('\n')))));
}

TEST(TokenizerReplay, EverySeedAndEveryFindOfTheFuzzerIsTokenizedOrRefused) {
    const auto inputs = fuzz_seeds_and_finds("tokenizer");
    for (const std::string& input : inputs) EXPECT_NO_THROW(tokenize_hostile(input));
}

TEST(TokenizerJsonReplay, EverySeedIsAnHonestTokenizer) {
    const auto seeds = fuzz_seeds("tokenizer_json");
    ASSERT_GE(seeds.size(), 12U);
    for (const std::string& seed : seeds) EXPECT_NO_THROW(read_hostile_tokenizer(seed)) << seed;
}

TEST(TokenizerJsonReplay, EverySeedAndEveryFindOfTheFuzzerIsTokenizedOrRefused) {
    const auto inputs = fuzz_seeds_and_finds("tokenizer_json");
    for (const std::string& input : inputs) EXPECT_NO_THROW(tokenize_by_hostile_json(input));
}

}  // namespace
}  // namespace gatescope
