// SentencePiece models against SentencePiece itself and transformers, as tests/golden/make_sentencepiece_golden.py
// wrote them.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "model/tokenizer/pipeline_tokenizer.h"
#include "model/tokenizer/sentencepiece/sentencepiece_tokenizer.h"
#include "tests/support/golden_text.h"

namespace gatescope {
namespace {

using Ids = std::vector<std::int32_t>;
using Json = nlohmann::json;

std::filesystem::path golden_file(const std::string& name) {
    return std::filesystem::path(GATESCOPE_GOLDEN_DIR) / name;
}

Json read_golden(const std::string& name) {
    std::ifstream file(golden_file(name));
    return Json::parse(file);
}

std::string read_bytes(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

SentencePieceOptions options_of(const Json& way) {
    SentencePieceOptions options;
    const std::string rules = way.at("rules");
    if (rules == "llama") options.rules = SentencePieceRules::kLlama;
    if (rules == "gemma") options.rules = SentencePieceRules::kGemma;
    options.legacy = way.value("legacy", false);
    options.add_prefix_space = way.value("add_prefix_space", true);
    return options;
}

class SentencePieceGolden : public testing::TestWithParam<std::size_t> {
  protected:
    const Json golden_ = read_golden("sentencepiece.json");
    const Json& way_ = golden_.at("ways").at(GetParam());
    const std::string bytes_ =
        read_bytes(golden_file("sentencepiece/" + way_.at("model").get<std::string>() + ".model"));
    const PipelineTokenizer tokenizer_{sentencepiece_parts(read_sentencepiece(bytes_), options_of(way_))};
};

TEST_P(SentencePieceGolden, SmallTextsHaveTheSameIdsAndDecodeTheSame) {
    ASSERT_GE(way_.at("texts").size(), 18U);
    for (const Json& sample : way_.at("texts")) {
        const Ids ids = tokenizer_.encode(sample[0].get<std::string>(), 0, nullptr);
        EXPECT_EQ(ids, sample[1].get<Ids>()) << sample[0];
        if (sample.size() > 2) {
            EXPECT_EQ(tokenizer_.decode(ids), sample[2].get<std::string>());
        }
    }
}

TEST_P(SentencePieceGolden, AMegabyteOfMixedTextHasTheSameIds) {
    const Json fragments = read_golden("tokenizer.json").at("fragments");
    const Ids ids = tokenizer_.encode(golden_megabyte(fragments.get<std::vector<std::string>>()), 0, nullptr);
    EXPECT_EQ(ids.size(), way_.at("ids").get<std::size_t>());
    const Json& runs = way_.at("runs");
    for (std::size_t run = 0; run < runs.size(); ++run)
        ASSERT_EQ(golden_hash(ids, run * kGoldenRun, (run + 1) * kGoldenRun), runs[run]) << "in run " << run;
    if (!way_.contains("decoded")) return;
    const std::string text = tokenizer_.decode(ids);
    EXPECT_EQ(golden_hash(text, 0, text.size()), way_.at("decoded"));
}

INSTANTIATE_TEST_SUITE_P(Ways, SentencePieceGolden, testing::Range<std::size_t>(0, 8));

}  // namespace
}  // namespace gatescope
