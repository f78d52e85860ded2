// A tokenizer's pieces are anybody's bytes, and a terminal obeys some of them.
#include "app/cli/visible.h"

#include <gtest/gtest.h>

namespace gatescope {
namespace {

TEST(Visible, TextStaysAsItIs) {
    EXPECT_EQ(visible(" caf\u00e9 \u00a0\u4e2d"), " caf\u00e9 \u00a0\u4e2d");
    EXPECT_EQ(visible("a\"b\\c\n"), "a\\\"b\\\\c\\n");
}

TEST(Visible, WhatATerminalObeysIsEscaped) {
    EXPECT_EQ(visible("\x1b[2J"), "\\u001b[2J");
    EXPECT_EQ(visible("\u009b2J\x7f"), "\\u009b2J\\u007f");
}

TEST(Visible, WhatIsNoTextIsMarked) {
    EXPECT_EQ(visible("\xC2"), "\uFFFD");
    EXPECT_EQ(visible("\x9b"), "\uFFFD");
}

}  // namespace
}  // namespace gatescope
