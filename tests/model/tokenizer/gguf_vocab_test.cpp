#include "model/tokenizer/gguf_vocab.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "model/core/error.h"
#include "model/tokenizer/gguf_tokenizer.h"
#include "tests/support/small_vocabulary.h"

namespace gatescope {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Json = nlohmann::json;

TEST(GgufVocab, ReadsTokensMergesAndSpecialTokens) {
    const BpeVocab vocab = small_vocab({"t h", "th e"});
    EXPECT_EQ(vocab.tokens.size(), 260U);
    EXPECT_THAT(vocab.specials, ElementsAre(0, 1));
    ASSERT_EQ(vocab.merges.size(), 2U);
    EXPECT_EQ(vocab.merges[1].left, 258);
    EXPECT_EQ(vocab.merges[1].right, byte_id('e'));
    EXPECT_EQ(vocab.merges[1].merged, 259);
    EXPECT_EQ(vocab.byte_ids[static_cast<unsigned>(' ')], byte_id(' '));
    EXPECT_EQ(vocab.pre, "smollm");
    EXPECT_FALSE(vocab.bos.has_value()) << "bos_token_id alone adds none";
}

TEST(GgufVocab, UserDefinedTokensAreFoundInTextToo) {
    Json metadata = small_metadata();
    metadata["tokenizer.ggml.token_type"][1] = 4;
    EXPECT_THAT(read_gguf_vocab(metadata).specials, ElementsAre(0, 1));
}

TEST(GgufVocab, OptionalKeysMayBeMissing) {
    Json metadata = small_metadata();
    for (const char* key : {"pre", "token_type", "bos_token_id"}) metadata.erase("tokenizer.ggml." + std::string(key));
    const BpeVocab vocab = read_gguf_vocab(metadata);
    EXPECT_EQ(vocab.pre, "default");
    EXPECT_TRUE(vocab.specials.empty());
}

TEST(GgufVocab, OfEqualTokensTheLastIsMeant) {
    Json metadata = small_metadata({"a b"});
    metadata["tokenizer.ggml.tokens"].push_back("ab");
    metadata["tokenizer.ggml.token_type"].push_back(1);
    EXPECT_EQ(read_gguf_vocab(metadata).merges[0].merged, 259);
}

struct Fault {
    const char* key;                      // without "tokenizer.ggml."
    std::function<void(Json&)> break_it;  // is given that key's value
    const char* says;
};

class BrokenGgufVocab : public testing::TestWithParam<Fault> {};

TEST_P(BrokenGgufVocab, IsRefusedNamingTheKey) {
    Json metadata = small_metadata();
    metadata["tokenizer.ggml.add_bos_token"] = true;
    const std::string key = "tokenizer.ggml." + std::string(GetParam().key);
    GetParam().break_it(metadata[key]);
    try {
        make_gguf_tokenizer(metadata);
        FAIL() << "accepted";
    } catch (const Failure& failure) {
        EXPECT_THAT(failure.what(), HasSubstr(key));
        EXPECT_THAT(failure.what(), HasSubstr(GetParam().says));
    }
}

INSTANTIATE_TEST_SUITE_P(Faults, BrokenGgufVocab,
                         testing::Values(Fault{"model", [](Json& v) { v = "rwkv"; }, "gpt2"},
                                         Fault{"model", [](Json& v) { v = 7; }, "no string"},
                                         Fault{"tokens", [](Json& v) { v = Json::array(); }, "empty"},
                                         Fault{"tokens", [](Json& v) { v = "abc"; }, "no array"},
                                         Fault{"tokens", [](Json& v) { v[5] = 5; }, "[5]"},
                                         Fault{"tokens", [](Json& v) { v[1] = "\xC3"; }, "[1]: is not UTF-8"},
                                         Fault{"token_type", [](Json& v) { v.push_back(1); },
                                               "264 entries for 263 tokens"},
                                         Fault{"token_type", [](Json& v) { v[9] = "x"; }, "[9]"},
                                         Fault{"token_type", [](Json& v) { v = 1; }, "no array"},
                                         Fault{"merges", [](Json& v) { v = Json::object(); }, "no array"},
                                         Fault{"merges", [](Json& v) { v[1] = 0; }, "[1]"},
                                         Fault{"merges", [](Json& v) { v[2] = "ab"; }, "no pair"},
                                         Fault{"merges", [](Json& v) { v[3] = "a nothere"; }, "names \"nothere\""},
                                         Fault{"merges", [](Json& v) { v[0] = "x y"; }, "names \"xy\""},
                                         Fault{"merges", [](Json& v) { v[0] = ""; }, "[0]"},
                                         Fault{"bos_token_id", [](Json& v) { v = 263; }, "no id of the 263 tokens"},
                                         Fault{"bos_token_id", [](Json& v) { v = -1; }, "no id"},
                                         Fault{"bos_token_id", [](Json& v) { v = 0.5; }, "no id"},
                                         Fault{"bos_token_id", [](Json& v) { v = UINT64_MAX; }, "no id"},
                                         Fault{"add_bos_token", [](Json& v) { v = 1; }, "neither true nor false"},
                                         Fault{"pre", [](Json& v) { v = Json::array(); }, "no string"}));

TEST(GgufVocab, AMissingKeyIsNamed) {
    for (const std::string key : {"tokenizer.ggml.model", "tokenizer.ggml.tokens", "tokenizer.ggml.merges"}) {
        Json metadata = small_metadata();
        metadata.erase(key);
        try {
            make_gguf_tokenizer(metadata);
            FAIL() << "accepted without " << key;
        } catch (const Failure& failure) {
            EXPECT_EQ(failure.kind(), FailureKind::kNotFound);
            EXPECT_THAT(failure.what(), HasSubstr(key));
        }
    }
}

}  // namespace
}  // namespace gatescope
