// Repeats every input the tokenizer fuzzer starts from, and every one it once fell over.
#include <gtest/gtest.h>

#include <utility>

#include "tests/fuzz/tokenizer_json_target.h"
#include "tests/fuzz/tokenizer_target.h"
#include "tests/support/folder_contents.h"

namespace gatescope {
namespace {

namespace fs = std::filesystem;

const fs::path kFuzzFolder = fs::path(GATESCOPE_GOLDEN_DIR).parent_path() / "fuzz";

TEST(TokenizerReplay, EverySeedIsAnHonestVocabulary) {
    const auto seeds = contents_of(kFuzzFolder / "corpus" / "tokenizer");
    ASSERT_GE(seeds.size(), 4U);
    for (const std::string& seed : seeds)
        EXPECT_NO_THROW(make_gguf_tokenizer(nlohmann::json::parse(seed.substr(0, seed.find('\n')))));
}

TEST(TokenizerReplay, EverySeedAndEveryFindOfTheFuzzerIsTokenizedOrRefused) {
    auto inputs = contents_of(kFuzzFolder / "corpus" / "tokenizer");
    for (std::string& find : contents_of(kFuzzFolder / "regressions" / "tokenizer")) inputs.push_back(std::move(find));
    for (const std::string& input : inputs) EXPECT_NO_THROW(tokenize_hostile(input));
}

TEST(TokenizerJsonReplay, EverySeedIsAnHonestTokenizer) {
    const auto seeds = contents_of(kFuzzFolder / "corpus" / "tokenizer_json");
    ASSERT_GE(seeds.size(), 12U);
    for (const std::string& seed : seeds) EXPECT_NO_THROW(read_hostile_tokenizer(seed)) << seed;
}

TEST(TokenizerJsonReplay, EverySeedAndEveryFindOfTheFuzzerIsTokenizedOrRefused) {
    auto inputs = contents_of(kFuzzFolder / "corpus" / "tokenizer_json");
    for (std::string& find : contents_of(kFuzzFolder / "regressions" / "tokenizer_json"))
        inputs.push_back(std::move(find));
    for (const std::string& input : inputs) EXPECT_NO_THROW(tokenize_by_hostile_json(input));
}

}  // namespace
}  // namespace gatescope
