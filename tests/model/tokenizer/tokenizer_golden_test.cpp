// The sample model's ids against those of the tokenizers package, as tests/golden/make_tokenizer_golden.py wrote them.

#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "model/checkpoint/checkpoint_reader.h"
#include "model/tokenizer/gguf_bpe.h"
#include "model/tokenizer/gguf_vocab.h"
#include "model/tokenizer/utf8.h"

namespace gatescope {
namespace {

using Ids = std::vector<std::int32_t>;
using Json = nlohmann::json;

constexpr std::size_t kRun = 4096;            // ids or code points for each hash
constexpr std::size_t kMegabyte = 1'000'000;  // bytes

// FNV-1a over whole ids.
std::string hash_of(const Ids& ids, std::size_t begin, std::size_t end) {
    std::uint64_t hash = 0xCBF29CE484222325U;
    for (std::size_t i = begin; i < std::min(end, ids.size()); ++i)
        hash = (hash ^ static_cast<std::uint64_t>(ids[i])) * 0x100000001B3U;
    char text[17];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash));
    return text;
}

// The rule of megabyte() in the script.
std::string megabyte(const Json& fragments) {
    std::string text;
    for (std::uint64_t state = 1; text.size() < kMegabyte;) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        text += fragments[(state >> 33U) % fragments.size()].get_ref<const std::string&>();
    }
    return text;
}

// The rule of surroundings() in the script, for `kRun` code points.
std::string surroundings(char32_t first) {
    std::string text;
    for (char32_t code_point = first; code_point < first + kRun; ++code_point) {
        if (code_point >= 0xD800 && code_point < 0xE000) continue;
        std::string c;
        utf8_append(c, code_point);
        text.append(" ").append(c).append("a").append(c).append(c).append("  ").append(c).append("1  ");
        text.append(c).append("'").append(c).append(c).append("'s");
    }
    return text;
}

class TokenizerGolden : public testing::TestWithParam<const char*> {
  protected:
    static void SetUpTestSuite() {
        std::ifstream file(std::filesystem::path(GATESCOPE_GOLDEN_DIR) / "tokenizer.json");
        golden_ = new Json(Json::parse(file));
        const std::filesystem::path sample = GATESCOPE_SAMPLE_DIR;
        metadata_ = new Json(open_checkpoint(sample / "SmolLM2-135M-Instruct.Q4_1.gguf")->metadata());
    }
    static void TearDownTestSuite() {
        delete golden_;
        delete metadata_;
    }

    PipelineTokenizer tokenizer() const {
        Json metadata = *metadata_;
        metadata["tokenizer.ggml.pre"] = GetParam();
        return PipelineTokenizer(byte_level_parts(read_gguf_vocab(metadata)));
    }
    const Json& expected() const { return golden_->at("pre").at(GetParam()); }
    const Json& fragments() const { return golden_->at("fragments"); }

    static inline Json* golden_ = nullptr;
    static inline Json* metadata_ = nullptr;
};

TEST_P(TokenizerGolden, SmallTextsHaveTheSameIds) {
    const PipelineTokenizer tokenizer = this->tokenizer();
    ASSERT_FALSE(expected().at("cases").empty());
    for (const Json& sample : expected().at("cases"))
        EXPECT_EQ(tokenizer.encode(sample[0].get<std::string>(), 0, nullptr), sample[1].get<Ids>()) << sample[0];
}

TEST_P(TokenizerGolden, AMegabyteOfMixedTextHasTheSameIds) {
    const PipelineTokenizer tokenizer = this->tokenizer();
    const Ids ids = tokenizer.encode(megabyte(fragments()), 0, nullptr);
    EXPECT_EQ(ids.size(), expected().at("ids").get<std::size_t>());
    const Json& runs = expected().at("runs");
    for (std::size_t run = 0; run < runs.size(); ++run)
        ASSERT_EQ(hash_of(ids, run * kRun, (run + 1) * kRun), runs[run])
            << "in the " << kRun << " ids from " << run * kRun;
}

TEST_P(TokenizerGolden, EveryCodePointHasTheSameIdsInEverySurrounding) {
    const PipelineTokenizer tokenizer = this->tokenizer();
    const Json& runs = expected().at("code_points");
    ASSERT_EQ(runs.size() * kRun, 0x110000U);
    for (std::size_t run = 0; run < runs.size(); ++run) {
        const Ids ids = tokenizer.encode(surroundings(static_cast<char32_t>(run * kRun)), 0, nullptr);
        EXPECT_EQ(hash_of(ids, 0, ids.size()), runs[run]) << "from U+" << std::hex << run * kRun;
    }
}

INSTANTIATE_TEST_SUITE_P(Ways, TokenizerGolden, testing::Values("smollm", "gpt-2", "llama-bpe", "qwen2"));

}  // namespace
}  // namespace gatescope
