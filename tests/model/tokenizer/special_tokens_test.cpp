#include "model/tokenizer/special_tokens.h"

#include <gtest/gtest.h>

namespace gatescope {
namespace {

SpecialTokens specials(const std::vector<std::string>& texts) {
    BpeVocab vocab;
    vocab.tokens = texts;
    for (std::size_t id = 0; id < texts.size(); ++id) vocab.specials.push_back(static_cast<std::int32_t>(id));
    return SpecialTokens(vocab);
}

TEST(SpecialTokens, TheLeftmostOneIsFoundFirst) {
    const SpecialTokens found = specials({"<b>", "<a>"});
    EXPECT_EQ(found.find("x<a><b>", 0).id, 1);
    EXPECT_EQ(found.find("x<a><b>", 0).begin, 1U);
    EXPECT_EQ(found.find("x<a><b>", 2).id, 0);
}

TEST(SpecialTokens, OfThoseThatBeginAtOnePlaceTheLongestWins) {
    const SpecialTokens found = specials({"<a", "<a>", "<a>bcd", "<"});
    EXPECT_EQ(found.find("<a>bc", 0).id, 1);
    EXPECT_EQ(found.find("<a>bcd", 0).id, 2);
    EXPECT_EQ(found.find("<ab", 0).id, 0);
    EXPECT_EQ(found.find("<<", 0).id, 3);
}

TEST(SpecialTokens, APartOfOneIsNone) {
    const SpecialTokens found = specials({"<|end|>"});
    EXPECT_EQ(found.find("<|end", 0).begin, std::string_view::npos);
    EXPECT_EQ(found.find("<|<|END|>", 0).id, -1);
    EXPECT_EQ(found.find("<|<|end|>", 0).begin, 2U);
}

TEST(SpecialTokens, BytesAbove127AreFoundToo) {
    const SpecialTokens found = specials({"\u00E9a", "\u00E9\u4E00", "\u00E9"});
    EXPECT_EQ(found.find("x\u00E9\u4E00", 0).id, 1);
    EXPECT_EQ(found.find("x\u00E9z", 0).id, 2);
}

TEST(SpecialTokens, AVocabularyWithoutAnyFindsNone) {
    EXPECT_EQ(specials({}).find("<s>", 0).id, -1);
}

}  // namespace
}  // namespace gatescope
