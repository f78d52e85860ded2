#include "model/tokenizer/text_matcher.h"

#include <gtest/gtest.h>

namespace gatescope {
namespace {

TextMatcher matcher(const std::vector<std::string>& texts) {
    std::vector<TextMatcher::Entry> entries;
    for (const std::string& text : texts) entries.push_back({text, static_cast<std::int32_t>(entries.size())});
    return TextMatcher(std::move(entries));
}

TEST(TextMatcher, TheLeftmostOneIsFoundFirst) {
    const TextMatcher found = matcher({"<b>", "<a>"});
    EXPECT_EQ(found.find("x<a><b>", 0).id, 1);
    EXPECT_EQ(found.find("x<a><b>", 0).begin, 1U);
    EXPECT_EQ(found.find("x<a><b>", 2).id, 0);
}

TEST(TextMatcher, OfThoseThatBeginAtOnePlaceTheLongestWins) {
    const TextMatcher found = matcher({"<a", "<a>", "<a>bcd", "<"});
    EXPECT_EQ(found.find("<a>bc", 0).id, 1);
    EXPECT_EQ(found.find("<a>bcd", 0).id, 2);
    EXPECT_EQ(found.find("<ab", 0).id, 0);
    EXPECT_EQ(found.find("<<", 0).id, 3);
}

TEST(TextMatcher, APartOfOneIsNone) {
    const TextMatcher found = matcher({"<|end|>"});
    EXPECT_EQ(found.find("<|end", 0).begin, std::string_view::npos);
    EXPECT_EQ(found.find("<|<|END|>", 0).id, -1);
    EXPECT_EQ(found.find("<|<|end|>", 0).begin, 2U);
}

TEST(TextMatcher, BytesAbove127AreFoundToo) {
    const TextMatcher found = matcher({"\u00E9a", "\u00E9\u4E00", "\u00E9"});
    EXPECT_EQ(found.find("x\u00E9\u4E00", 0).id, 1);
    EXPECT_EQ(found.find("x\u00E9z", 0).id, 2);
}

TEST(TextMatcher, AnEmptyListFindsNone) {
    EXPECT_EQ(matcher({}).find("<s>", 0).id, -1);
}

TEST(TextMatcher, OfEqualStringsTheFirstCounts) {
    EXPECT_EQ(matcher({"<s>", "<s>"}).find("<s>", 0).id, 0);
}

}  // namespace
}  // namespace gatescope
