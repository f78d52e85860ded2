// The kinds of vocabulary that a GGUF file may carry beside byte-level BPE, against the goldens of the files that such
// vocabularies are made from.

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "model/core/error.h"
#include "model/tokenizer/gguf_tokenizer.h"
#include "model/tokenizer/sentencepiece/sentencepiece_file.h"
#include "tests/support/golden_text.h"

namespace gatescope {
namespace {

using Ids = std::vector<std::int32_t>;
using Json = nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;

std::string read_bytes(const std::string& name) {
    std::ifstream file(std::filesystem::path(GATESCOPE_GOLDEN_DIR) / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

Json sentencepiece_metadata() {
    const SentencePieceFile model = read_sentencepiece(read_bytes("sentencepiece/bpe.model"));
    Json types = Json::array();
    for (const PieceType type : model.types) types.push_back(static_cast<int>(type));
    return {{"tokenizer.ggml.model", "llama"},       {"tokenizer.ggml.tokens", model.pieces},
            {"tokenizer.ggml.scores", model.scores}, {"tokenizer.ggml.token_type", types},
            {"tokenizer.ggml.bos_token_id", 1u},     {"tokenizer.ggml.unknown_token_id", 0u},
            {"tokenizer.ggml.add_bos_token", false}};
}

std::unique_ptr<Tokenizer> tokenizer_of(const Json& metadata) {
    return std::make_unique<PipelineTokenizer>(make_gguf_tokenizer(metadata));
}

std::string refusal(const Json& metadata) {
    try {
        make_gguf_tokenizer(metadata);
    } catch (const Failure& failure) {
        return failure.what();
    }
    return "made";
}

TEST(GgufVocabularies, LlamasHasTheIdsOfTheModelThatItIsMadeFrom) {
    const auto tokenizer = tokenizer_of(sentencepiece_metadata());
    const Json golden = Json::parse(read_bytes("sentencepiece.json"));
    const Json& way = golden.at("ways").at(0);
    ASSERT_EQ(way.at("model"), "bpe");
    for (const Json& sample : way.at("texts"))
        EXPECT_EQ(tokenizer->encode(sample[0].get<std::string>()), sample[1].get<Ids>()) << sample[0];
    const Json fragments = Json::parse(read_bytes("tokenizer.json")).at("fragments");
    const Ids ids = tokenizer->encode(golden_megabyte(fragments.get<std::vector<std::string>>()));
    const Json& runs = way.at("runs");
    for (std::size_t run = 0; run < runs.size(); ++run)
        ASSERT_EQ(golden_hash(ids, run * kGoldenRun, (run + 1) * kGoldenRun), runs[run]) << "in run " << run;
}

TEST(GgufVocabularies, LlamasPutsASpaceInFrontOfWhateverFollowsASpecialTokenAndTheEndsThatTheFileSays) {
    Json metadata = sentencepiece_metadata();
    metadata.erase("tokenizer.ggml.add_bos_token");
    const auto tokenizer = tokenizer_of(metadata);
    const auto plain = tokenizer_of(sentencepiece_metadata());
    Ids expected = {1};
    for (const char* part : {"it", "is"})
        for (const std::int32_t id : plain->encode(part)) expected.push_back(id);
    expected.insert(expected.begin() + 1 + static_cast<std::ptrdiff_t>(plain->encode("it").size()), 2);
    EXPECT_EQ(tokenizer->encode("it</s>is"), expected);
    EXPECT_EQ(tokenizer->encode("").size(), 1U);
    metadata["tokenizer.ggml.add_eos_token"] = true;
    metadata["tokenizer.ggml.eos_token_id"] = 2u;
    EXPECT_EQ(tokenizer_of(metadata)->encode(""), (Ids{1, 2}));
    metadata.erase("tokenizer.ggml.add_eos_token");
    metadata["tokenizer.ggml.add_space_prefix"] = false;
    const auto bare = tokenizer_of(metadata);
    EXPECT_EQ(bare->decode(bare->encode("it is")), "<s>it is");
    EXPECT_EQ(plain->decode(plain->encode("it is")), "it is");
}

TEST(GgufVocabularies, LlamasNeedsAScoreForEachToken) {
    Json metadata = sentencepiece_metadata();
    metadata["tokenizer.ggml.scores"].erase(0);
    EXPECT_THAT(refusal(metadata), HasSubstr("tokenizer.ggml.scores"));
    metadata.erase("tokenizer.ggml.scores");
    EXPECT_THAT(refusal(metadata), HasSubstr("tokenizer.ggml.scores"));
    metadata = sentencepiece_metadata();
    metadata["tokenizer.ggml.scores"][3] = "x";
    EXPECT_THAT(refusal(metadata), HasSubstr("tokenizer.ggml.scores[3]"));
    metadata = sentencepiece_metadata();
    metadata["tokenizer.ggml.tokens"][3] = "\xFF";
    EXPECT_THAT(refusal(metadata), AllOf(HasSubstr("tokenizer.ggml.tokens[3]"), HasSubstr("not UTF-8")));
}

TEST(GgufVocabularies, BertsHasTheIdsOfTheVocabularyThatItIsMadeFrom) {
    const Json golden = Json::parse(read_bytes("wordpiece.json"));
    Json tokens = Json::array();
    for (const std::string token : golden.at("tokens"))
        tokens.push_back(token.starts_with("[") && token.ends_with("]") ? token
                         : token.starts_with("##")                      ? token.substr(2)
                                                                        : "\u2581" + token);
    const Json metadata = {{"tokenizer.ggml.model", "bert"}, {"tokenizer.ggml.tokens", tokens}};
    const auto tokenizer = tokenizer_of(metadata);
    const Json& way = golden.at("ways").at(1);  // the vocabulary has capitals
    ASSERT_EQ(way.at("normalizer").at("lowercase"), false);
    for (const Json& sample : way.at("texts")) {
        if (sample[0].get<std::string>().starts_with("[UNK]")) continue;  // a special token to the whole tokenizer
        Ids expected = sample[1].get<Ids>();
        expected.insert(expected.begin(), 2);
        expected.push_back(3);
        EXPECT_EQ(tokenizer->encode(sample[0].get<std::string>()), expected) << sample[0];
    }
}

TEST(GgufVocabularies, AnUnknownKindListsTheKnownOnes) {
    EXPECT_THAT(refusal({{"tokenizer.ggml.model", "rwkv"}}),
                AllOf(HasSubstr("tokenizer.ggml.model"), HasSubstr("rwkv"), HasSubstr("llama"), HasSubstr("gpt2")));
}

}  // namespace
}  // namespace gatescope
