// Repeats every input the SentencePiece fuzzer starts from, and every one it once fell over.
#include <gtest/gtest.h>

#include <utility>

#include "tests/fuzz/sentencepiece_target.h"
#include "tests/support/folder_contents.h"

namespace gatescope {
namespace {

namespace fs = std::filesystem;

const fs::path kFuzzFolder = fs::path(GATESCOPE_GOLDEN_DIR).parent_path() / "fuzz";

TEST(SentencePieceReplay, EverySeedIsAnHonestModel) {
    const auto seeds = contents_of(kFuzzFolder / "corpus" / "sentencepiece");
    ASSERT_GE(seeds.size(), 3U);
    for (const std::string& seed : seeds) EXPECT_NO_THROW(sentencepiece_parts(read_sentencepiece(seed), {}));
}

TEST(SentencePieceReplay, EverySeedAndEveryFindOfTheFuzzerIsTokenizedOrRefused) {
    auto inputs = contents_of(kFuzzFolder / "corpus" / "sentencepiece");
    for (std::string& find : contents_of(kFuzzFolder / "regressions" / "sentencepiece"))
        inputs.push_back(std::move(find));
    for (const std::string& input : inputs) EXPECT_NO_THROW(read_hostile_sentencepiece(input));
}

}  // namespace
}  // namespace gatescope
