#include "model/core/index_set.h"

#include <gtest/gtest.h>

#include "model/core/error.h"

namespace gatescope {
namespace {

TEST(IndexSet, WhatIsPrintedParsesToTheSameSet) {
    for (const char* text : {"", "0", "0-3,7", "2,4,6", "5-9"}) {
        const IndexSet set = IndexSet::parse(text, "layers");
        EXPECT_EQ(set.print(), text);
        EXPECT_EQ(IndexSet::parse(set.print(), "layers"), set);
    }
}

TEST(IndexSet, AnythingThatIsNoListOfRangesIsRefused) {
    for (const char* text : {"3-1", "x", "1,,2", "-1", "1-", "0-99999999999", "1.5"})
        EXPECT_THROW(IndexSet::parse(text, "layers"), Failure) << text;
}

TEST(IndexSet, AMemberBeyondTheModelIsNamed) {
    try {
        IndexSet::parse("0-9", "layers").check(6, "layers");
        FAIL();
    } catch (const Failure& failure) {
        EXPECT_STREQ(failure.what(), "layers 9 does not exist; the model has layers 0-5");
    }
}

TEST(IndexSet, TheEmptyTextMeansAll) {
    EXPECT_EQ(IndexSet::parse("", "heads").members(3), (std::vector<std::int64_t>{0, 1, 2}));
}

TEST(IndexSet, RangesOverRangesAreRefusedBeforeTheyFillTheMemory) {
    std::string text = "0-99999";
    for (int n = 0; n < 10000; ++n) text += ",0-99999";
    EXPECT_THROW((void)IndexSet::parse(text, "layers"), Failure);
}

}  // namespace
}  // namespace gatescope
