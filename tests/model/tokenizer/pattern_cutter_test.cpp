#include "model/tokenizer/pattern_cutter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/core/error.h"
#include "model/tokenizer/pre_tokenizer_patterns.h"

namespace gatescope {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> pieces(const std::string& id, std::string_view text) {
    const PatternCutter cutter(id);
    PatternCutter::Cursor cursor(cutter);
    cursor.begin(text);
    std::vector<std::string> out;
    for (std::string_view piece = cursor.next(); !piece.empty(); piece = cursor.next()) out.emplace_back(piece);
    return out;
}

TEST(PatternCutter, Gpt2KeepsOneSpaceWithAWordAndANumberWhole) {
    EXPECT_THAT(pieces("gpt-2", "It's  a 2003 test.  \n"),
                ElementsAre("It", "'s", " ", " a", " 2003", " test", ".", "  \n"));
}

TEST(PatternCutter, SmollmCutsEveryDigitOutBeforeSpacesLookAhead) {
    EXPECT_THAT(pieces("smollm", "\n\n2003"), ElementsAre("\n\n", "2", "0", "0", "3"));
    EXPECT_THAT(pieces("smollm", "a   12 b"), ElementsAre("a", "   ", "1", "2", " b"));
    EXPECT_THAT(pieces("smollm", "x\u00B2 \u0663\u0664"), ElementsAre("x", "\u00B2", " ", "\u0663", "\u0664"));
}

TEST(PatternCutter, LlamaCutsNumbersByThreeAndKeepsAMarkWithItsWord) {
    EXPECT_THAT(pieces("llama-bpe", "(word 12345 WE'LL\n\n x"),
                ElementsAre("(word", " ", "123", "45", " WE", "'LL", "\n\n", " x"));
}

TEST(PatternCutter, QwenCutsNumbersToSingleDigits) {
    EXPECT_THAT(pieces("qwen2", "n=12\r\n"), ElementsAre("n", "=", "1", "2", "\r\n"));
}

TEST(PatternCutter, MongolianVowelSeparatorIsNoSpaceButNoBreakSpaceIs) {
    EXPECT_THAT(pieces("gpt-2", "a\u180E b"), ElementsAre("a", "\u180E", " b"));
    EXPECT_THAT(pieces("gpt-2", "a.\u180E"), ElementsAre("a", ".\u180E"));
    EXPECT_THAT(pieces("gpt-2", "a.\u00A0b"), ElementsAre("a", ".", "\u00A0", "b"));
    EXPECT_THAT(pieces("gpt-2", "a.\u0085"), ElementsAre("a", ".", "\u0085"));
}

TEST(PatternCutter, LettersYoungerThanPcre2sTablesAreLetters) {
    EXPECT_THAT(pieces("gpt-2", "a\U00031350b."), ElementsAre("a\U00031350b", ".")) << "CJK extension H, Unicode 15";
}

TEST(PatternCutter, PiecesOfEveryWayAreTheWholeTextInOrder) {
    std::string text = "We'll <see>  1999\t\r\n\u00A0\u180E \u0301\U0001F600\u4E2D\u6587 ";
    text.push_back('\0');
    text += "'";
    for (const PreTokenizerPattern& way : pre_tokenizer_patterns()) {
        std::string joined;
        for (const std::string& piece : pieces(way.id, text)) joined += piece;
        EXPECT_EQ(joined, text) << way.id;
    }
}

TEST(PatternCutter, ARunOfTwentyMillionSpacesIsCut) {
    const std::string text(20'000'000, ' ');
    for (const PreTokenizerPattern& way : pre_tokenizer_patterns())
        EXPECT_THAT(pieces(way.id, text + "x").front().size(), text.size() - 1) << way.id;
}

TEST(PatternCutter, AnUnknownNameIsRefusedWithTheKnownOnes) {
    try {
        PatternCutter cutter("smolm");
        FAIL() << "accepted";
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.kind(), FailureKind::kUnsupported);
        EXPECT_THAT(failure.what(), HasSubstr("smolm"));
        for (const PreTokenizerPattern& way : pre_tokenizer_patterns()) EXPECT_THAT(failure.what(), HasSubstr(way.id));
    }
}

}  // namespace
}  // namespace gatescope
