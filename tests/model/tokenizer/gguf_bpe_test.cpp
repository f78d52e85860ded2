#include "model/tokenizer/gguf_bpe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/checkpoint/checkpoint_reader.h"
#include "model/core/error.h"
#include "model/tokenizer/gguf_vocab.h"
#include "tests/support/random_text.h"
#include "tests/support/small_vocabulary.h"

namespace gatescope {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Ids = std::vector<std::int32_t>;

constexpr std::int32_t kThe = 259, kSpaceThe = 260;  // as small_metadata() numbers its merges

Ids encode(const Tokenizer& tokenizer, std::string_view text) {
    return tokenizer.encode(text);
}

TEST(GgufBpe, SpecialStringsInATextAreSpecialTokens) {
    const PipelineTokenizer tokenizer(byte_level_parts(small_vocab()));
    EXPECT_THAT(encode(tokenizer, "the<|end|> the<s>"), ElementsAre(kThe, 1, kSpaceThe, 0));
    EXPECT_EQ(tokenizer.piece(1), "<|end|>");
    EXPECT_EQ(tokenizer.piece(kSpaceThe), " the");
}

TEST(GgufBpe, APieceEndsWhereASpecialTokenBegins) {
    const PipelineTokenizer tokenizer(byte_level_parts(small_vocab()));
    EXPECT_THAT(encode(tokenizer, "  <s>the"), ElementsAre(byte_id(' '), byte_id(' '), 0, kThe));
    EXPECT_THAT(encode(tokenizer, "  the"), ElementsAre(byte_id(' '), kSpaceThe));
}

TEST(GgufBpe, ARepeatedPieceHasTheSameIdsEveryTime) {
    const PipelineTokenizer tokenizer(byte_level_parts(small_vocab()));
    std::string text;
    Ids expected;
    for (int i = 0; i < 5000; ++i) {
        text += " the";
        expected.push_back(kSpaceThe);
    }
    EXPECT_EQ(encode(tokenizer, text), expected);
}

TEST(GgufBpe, BosComesFirstOnlyWhereTheFileSaysSoAndTheTextHasNone) {
    nlohmann::json metadata = small_metadata();
    EXPECT_THAT(encode(PipelineTokenizer(byte_level_parts(read_gguf_vocab(metadata))), "the"), ElementsAre(kThe));
    metadata["tokenizer.ggml.add_bos_token"] = true;
    const PipelineTokenizer adding(byte_level_parts(read_gguf_vocab(metadata)));
    EXPECT_THAT(adding.ends().front, ElementsAre(0));
    EXPECT_THAT(encode(adding, "the"), ElementsAre(0, kThe));
    EXPECT_THAT(encode(adding, "<s>the"), ElementsAre(0, kThe));
    EXPECT_THAT(encode(adding, ""), ElementsAre(0));
}

TEST(GgufBpe, DecodingIsTheInverseOfEncoding) {
    std::mt19937 rng(7);
    for (const char* pre : {"smollm", "gpt-2", "llama-bpe", "qwen2"}) {
        const PipelineTokenizer tokenizer(
            byte_level_parts(small_vocab({"t h", "th e", "Ġ the", "a a", "aa aa", "Ġ Ġ", "Â ł"}, pre)));
        for (int round = 0; round < 100; ++round) {
            const std::string text = random_text(rng, rng() % 200);
            ASSERT_EQ(tokenizer.decode(encode(tokenizer, text)), text) << pre << " round " << round;
        }
    }
}

TEST(GgufBpe, StoppingEarlyGivesAPrefixOfTheWholeTextsIds) {
    std::mt19937 rng(8);
    const PipelineTokenizer tokenizer(byte_level_parts(small_vocab()));
    for (int round = 0; round < 50; ++round) {
        const std::string text = random_text(rng, 300);
        const Ids whole = encode(tokenizer, text);
        const std::size_t at_least = 1 + rng() % whole.size();
        const Ids some = tokenizer.encode(text, at_least, nullptr);
        ASSERT_GE(some.size(), at_least);
        ASSERT_LE(some.size(), whole.size());
        ASSERT_TRUE(std::equal(some.begin(), some.end(), whole.begin())) << "round " << round;
        ASSERT_EQ(tokenizer.encode(text, whole.size() + 1, nullptr), whole);
    }
}

TEST(GgufBpe, StopsWhenItsJobIsCancelled) {
    JobContext job;
    job.cancel();
    std::string text;
    for (int i = 0; i < 10'000; ++i) text += "a ";
    const PipelineTokenizer tokenizer(byte_level_parts(small_vocab()));
    EXPECT_THROW(tokenizer.encode(text, 0, &job), Cancelled) << "many pieces";
    EXPECT_THROW(tokenizer.encode(std::string(200'000, 'a'), 0, &job), Cancelled) << "one long piece";
}

TEST(GgufBpe, TextThatIsNotUtf8IsRefused) {
    EXPECT_THROW(PipelineTokenizer(byte_level_parts(small_vocab())).encode("a\xFF", 0, nullptr), Failure);
}

TEST(GgufBpe, AnIdOutsideTheVocabularyIsRefusedWithTheRange) {
    const PipelineTokenizer tokenizer(byte_level_parts(small_vocab()));
    EXPECT_EQ(tokenizer.size(), 263U);
    for (const std::int32_t id : {-1, 263}) {
        try {
            tokenizer.piece(id);
            FAIL() << "accepted " << id;
        } catch (const Failure& failure) {
            EXPECT_THAT(failure.what(), HasSubstr("0 to 262"));
        }
    }
}

class MetadataOnly : public CheckpointReader {
  public:
    explicit MetadataOnly(nlohmann::json metadata) : metadata_(std::move(metadata)) {}
    std::string format() const override { return "gguf"; }
    MetadataKind metadata_kind() const override { return MetadataKind::kGguf; }
    std::filesystem::path folder() const override { return {}; }
    std::vector<std::filesystem::path> weight_files() const override { return {}; }
    const std::vector<TensorInfo>& tensors() const override { return tensors_; }
    const nlohmann::json& metadata() const override { return metadata_; }
    void read_float32(const TensorInfo&, std::int64_t, std::span<float>) const override {}
    void release(const TensorInfo&) const override {}

  private:
    nlohmann::json metadata_;
    std::vector<TensorInfo> tensors_;
};

TEST(MakeTokenizer, TakesTheOneThatTheCheckpointCarries) {
    const auto tokenizer = make_tokenizer(MetadataOnly(small_metadata()));
    EXPECT_EQ(tokenizer->kind(), "byte-level BPE");
    EXPECT_THAT(tokenizer->encode(" the"), ElementsAre(kSpaceThe));
}

TEST(MakeTokenizer, ACheckpointWithoutOneIsToldWhatWasLookedFor) {
    try {
        make_tokenizer(MetadataOnly(nlohmann::json::object()));
        FAIL() << "made one";
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.kind(), FailureKind::kNotFound);
        EXPECT_THAT(failure.what(), HasSubstr("tokenizer.ggml.model"));
    }
}

}  // namespace
}  // namespace gatescope
