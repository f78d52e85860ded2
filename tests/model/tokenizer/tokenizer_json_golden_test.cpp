// Tokenizers of every kind of stage against the tokenizers package, as tests/golden/make_tokenizer_json_golden.py wrote
// them.

#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "model/tokenizer/tokenizer_json.h"
#include "model/tokenizer/utf8.h"

namespace gatescope {
namespace {

using Json = nlohmann::json;

constexpr char32_t kBlock = 4096;

constexpr std::uint64_t kFirstHash = 0xCBF29CE484222325U;

std::uint64_t hash_on(std::uint64_t hash, std::uint64_t value) {
    return (hash ^ value) * 0x100000001B3U;
}

std::string hex(std::uint64_t hash) {
    char text[17];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash));
    return text;
}

std::uint64_t hash_of(const std::vector<std::int32_t>& ids) {
    std::uint64_t hash = kFirstHash;
    for (const std::int32_t id : ids) hash = hash_on(hash, static_cast<std::uint64_t>(id));
    return hash;
}

std::uint64_t hash_of(const std::string& text) {
    std::uint64_t hash = kFirstHash;
    for (const char byte : text) hash = hash_on(hash, static_cast<unsigned char>(byte));
    return hash;
}

// The rule of character_hashes() in the script.
std::string characters(char32_t first) {
    std::string text;
    for (char32_t code_point = first; code_point < first + kBlock; ++code_point) {
        if (code_point >= 0xD800 && code_point < 0xE000) continue;
        std::string c;
        utf8_append(c, code_point);
        text.append(" ").append(c).append("a").append(c).append("1");
    }
    return text;
}

const Json& golden() {
    static const Json kGolden = [] {
        std::ifstream file(std::filesystem::path(GATESCOPE_GOLDEN_DIR) / "tokenizer_json.json");
        return Json::parse(file);
    }();
    return kGolden;
}

std::vector<std::string> names() {
    std::vector<std::string> out;
    for (const auto& [name, entry] : golden().at("tokenizers").items()) out.push_back(name);
    return out;
}

class TokenizerJsonGolden : public testing::TestWithParam<std::string> {
  protected:
    static const Json& entry() { return golden().at("tokenizers").at(GetParam()); }
    static PipelineTokenizer tokenizer() {
        Json document = entry().at("stages");
        document["model"] = golden().at("models").at(entry().at("model").get<std::string>());
        return PipelineTokenizer(read_tokenizer_json(document, "tokenizer.json"));
    }
};

TEST_P(TokenizerJsonGolden, TextsHaveTheSameIdsAndComeBackTheSame) {
    const PipelineTokenizer tokenizer = this->tokenizer();
    const Json& texts = golden().at("texts");
    ASSERT_EQ(texts.size(), entry().at("ids").size());
    for (std::size_t n = 0; n < texts.size(); ++n) {
        const auto ids = tokenizer.encode(texts[n].get<std::string>(), 0, nullptr);
        EXPECT_EQ(hex(hash_of(ids)), entry().at("ids")[n]) << texts[n];
        EXPECT_EQ(hex(hash_of(tokenizer.decode(ids))), entry().at("decoded")[n]) << texts[n];
    }
}

TEST_P(TokenizerJsonGolden, EveryCharacterHasTheSameIds) {
    const PipelineTokenizer tokenizer = this->tokenizer();
    std::uint64_t hash = kFirstHash;
    for (const Json& first : golden().at("blocks"))
        hash = hash_on(hash, hash_of(tokenizer.encode(characters(first.get<std::uint32_t>()), 0, nullptr)));
    EXPECT_EQ(hex(hash), entry().at("characters"));
}

TEST_P(TokenizerJsonGolden, StoppingEarlyGivesAPrefix) {
    const PipelineTokenizer tokenizer = this->tokenizer();
    for (const Json& text : golden().at("texts")) {
        const auto whole = tokenizer.encode(text.get<std::string>(), 0, nullptr);
        const auto some = tokenizer.encode(text.get<std::string>(), 3, nullptr);
        ASSERT_GE(some.size(), std::min<std::size_t>(3, whole.size())) << text;
        ASSERT_LE(some.size(), whole.size()) << text;
        ASSERT_TRUE(std::equal(some.begin(), some.end(), whole.begin())) << text;
    }
}

INSTANTIATE_TEST_SUITE_P(Kinds, TokenizerJsonGolden, testing::ValuesIn(names()),
                         [](const auto& about) { return about.param; });

}  // namespace
}  // namespace gatescope
