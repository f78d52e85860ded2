// A folder with a tokenizer.model: which rules it asks for, its BOS, tokens that were added later.

#include "model/tokenizer/sentencepiece/sentencepiece_folder.h"

#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "model/core/error.h"
#include "tests/support/proto_writer.h"
#include "tests/support/temporary_folder.h"

namespace gatescope {
namespace {

using Json = nlohmann::json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// 0 <unk>, 1 <s>, 2 </s>, 3 U+2581, 4 a, 5 U+2581 a, 6 b; spaces as they are, one in front.
std::string small_model(std::uint64_t type = 2) {
    ProtoWriter model;
    model.bytes(1, piece_message("<unk>", 0, 2)).bytes(1, piece_message("<s>", 0, 3));
    model.bytes(1, piece_message("</s>", 0, 3)).bytes(1, piece_message("\u2581", -2)).bytes(1, piece_message("a", -3));
    model.bytes(1, piece_message("\u2581a", -1)).bytes(1, piece_message("b", -4));
    model.bytes(2, ProtoWriter().varint(3, type).str());
    return model.bytes(3, ProtoWriter().varint(3, 1).varint(4, 0).str()).str();
}

class SentencePieceFolder : public testing::Test {
  protected:
    void write(const std::string& name, const std::string& text) {
        std::ofstream(folder_ / name, std::ios::binary) << text;
    }
    std::unique_ptr<Tokenizer> open(const Json& config = Json::object()) {
        return open_sentencepiece(folder_.path(), config);
    }
    std::string refusal() {
        try {
            open();
        } catch (const Failure& failure) {
            return failure.what();
        }
        return "opened";
    }

    TemporaryFolder folder_;
};

TEST_F(SentencePieceFolder, AloneItIsReadAsTheFileSaysWithoutABos) {
    write("tokenizer.model", small_model());
    const auto tokenizer = open();
    EXPECT_EQ(tokenizer->size(), 7U);
    EXPECT_EQ(tokenizer->kind(), "SentencePiece BPE");
    EXPECT_THAT(tokenizer->ends().front, IsEmpty());
    EXPECT_THAT(tokenizer->encode("a a"), ElementsAre(5, 5));
    EXPECT_THAT(tokenizer->encode("a</s>a"), ElementsAre(5, 2, 4));
    EXPECT_EQ(tokenizer->decode({5, 5}), "a a");
    EXPECT_EQ(tokenizer->piece(5), " a");
}

TEST_F(SentencePieceFolder, TheConfigAddsABosAndTokens) {
    write("tokenizer.model", small_model());
    write("added_tokens.json", R"({"<pad>": 7})");
    write("tokenizer_config.json", R"({"tokenizer_class": "LlamaTokenizer", "add_bos_token": true, "legacy": true,
        "bos_token": {"content": "<s>"}, "added_tokens_decoder": {"8": {"content": "<|x|>", "special": true}}})");
    const auto tokenizer = open();
    EXPECT_EQ(tokenizer->size(), 9U);
    EXPECT_THAT(tokenizer->ends().front, ElementsAre(1));
    EXPECT_THAT(tokenizer->encode("a<|x|>a<pad>"), ElementsAre(1, 5, 8, 5, 7));
}

TEST_F(SentencePieceFolder, WithoutABosTokenInTheConfigTheModelsOwnIsMeant) {
    write("tokenizer.model", small_model());
    write("tokenizer_config.json", R"({"add_bos_token": true})");
    EXPECT_THAT(open()->encode("a"), ElementsAre(1, 5));
}

TEST_F(SentencePieceFolder, TheConfigAddsAnEosAtTheEndOfTheWholeText) {
    write("tokenizer.model", small_model());
    write("tokenizer_config.json", R"({"add_eos_token": true, "eos_token": "b"})");
    EXPECT_THAT(open()->encode("a"), ElementsAre(5, 6));
    EXPECT_THAT(open()->ends().back, ElementsAre(6));
    EXPECT_THAT(open()->encode("a a", 1), ElementsAre(5)) << "of a part of the text";
    write("tokenizer_config.json", R"({"add_eos_token": true})");
    EXPECT_THAT(open()->encode("a"), ElementsAre(5, 2)) << "the model's own";
    write("tokenizer_config.json", R"({"add_eos_token": true, "eos_token": "no such"})");
    EXPECT_THAT(refusal(), AllOf(HasSubstr("eos_token"), HasSubstr("no such")));
}

TEST_F(SentencePieceFolder, OnlyAClassWithRulesOfItsOwnTakesTheTextsFirstSpaceAway) {
    write("tokenizer.model", small_model());
    EXPECT_THAT(open({{"model_type", "mistral"}})->encode("a"), ElementsAre(5));
    write("tokenizer_config.json", R"({"tokenizer_class": "LlamaTokenizer"})");
    EXPECT_THAT(open({{"model_type", "mistral"}})->encode("a"), ElementsAre(5));
    write("tokenizer_config.json", R"({"tokenizer_class": "LlamaTokenizer", "add_prefix_space": false})");
    EXPECT_THAT(open()->encode("a"), ElementsAre(4));
}

TEST_F(SentencePieceFolder, AModelTypeOfGemmaMeansGemmasRules) {
    write("tokenizer.model", small_model());
    EXPECT_THAT(open({{"model_type", "gemma2"}})->encode("a a"), ElementsAre(4, 5));
}

TEST_F(SentencePieceFolder, AUnigramModelStaysOneWhateverTheClass) {
    write("tokenizer.model", small_model(1));
    write("tokenizer_config.json", R"({"tokenizer_class": "LlamaTokenizer"})");
    EXPECT_EQ(open()->kind(), "SentencePiece unigram");
    EXPECT_THAT(open()->encode("a xyb"), ElementsAre(5, 3, 0, 6));
}

TEST_F(SentencePieceFolder, RefusesByNameWhatItCannotDo) {
    write("tokenizer.model", small_model(3));
    EXPECT_THAT(refusal(), AllOf(HasSubstr("tokenizer.model"), HasSubstr("words"), HasSubstr("BPE, unigram")));
    write("tokenizer.model", small_model(4));
    EXPECT_THAT(refusal(), HasSubstr("characters"));
    write("tokenizer.model", small_model() + ProtoWriter().bytes(2, ProtoWriter().varint(24, 1).str()).str());
    EXPECT_THAT(refusal(), HasSubstr("treat_whitespace_as_suffix"));
    write("tokenizer.model", "no model");
    EXPECT_THAT(refusal(), HasSubstr("tokenizer.model"));
}

TEST_F(SentencePieceFolder, RefusesAddedTokensThatContradictTheModel) {
    write("tokenizer.model", small_model());
    write("added_tokens.json", R"({"<pad>": 4})");
    EXPECT_THAT(refusal(), HasSubstr("added"));
    write("added_tokens.json", R"({"<pad>": 1000000000})");
    EXPECT_THAT(refusal(), HasSubstr("added"));
    write("added_tokens.json", "{}");
    write("tokenizer_config.json", R"({"added_tokens_decoder": {"x": {"content": "y"}}})");
    EXPECT_THAT(refusal(), HasSubstr("added_tokens_decoder"));
}

}  // namespace
}  // namespace gatescope
