#include "app/engine/text_table.h"

#include <gtest/gtest.h>

#include "app/engine/time_text.h"

namespace gatescope {
namespace {

TEST(TextTable, TimesAreInWords) {
    EXPECT_EQ(time_text(11.6), "12 s");
    EXPECT_EQ(time_text(200), "3 min 20 s");
    EXPECT_EQ(time_text(7500), "2 h 05 min");
    EXPECT_EQ(time_text(-1), "");
}

TEST(TextTable, LinesAreBrokenAtBlanksAndWidthsCountCodePoints) {
    EXPECT_EQ(wrapped("a ± b cc", 5), (std::vector<std::string>{"a ± b", "cc"}));
    EXPECT_EQ(wrapped("muchtoolong for", 5), (std::vector<std::string>{"muchtoolong", "for"}));
    EXPECT_EQ(wrapped("", 5), std::vector<std::string>{""});
}

TEST(TextTable, WhatGoesOnHangsBelowItsBeginning) {
    EXPECT_EQ(hanging("– ", "one two three", 9), "– one two\n  three\n");
}

}  // namespace
}  // namespace gatescope
