#include "model/tokenizer/utf8.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/core/error.h"
#include "model/tokenizer/tokenizer.h"

namespace gatescope {
namespace {

using testing::HasSubstr;

TEST(Utf8, EveryCodePointIsReadBackAsWritten) {
    for (char32_t code_point = 0; code_point < 0x110000; ++code_point) {
        if (code_point >= 0xD800 && code_point < 0xE000) continue;
        std::string text;
        utf8_append(text, code_point);
        const Utf8Step step = utf8_step(text, 0);
        ASSERT_TRUE(step.valid) << std::uint32_t{code_point};
        ASSERT_EQ(step.length, text.size());
        ASSERT_EQ(utf8_decode(text, 0, step.length), code_point);
    }
}

TEST(Utf8, AFileThatIsNotUtf8IsRefusedWithTheByteAndItsOffset) {
    try {
        check_utf8("caf\xE9 au lait", "menu.txt");
        FAIL() << "accepted";
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.kind(), FailureKind::kBadFile);
        EXPECT_THAT(failure.what(), HasSubstr("menu.txt"));
        EXPECT_THAT(failure.what(), HasSubstr("0xE9 at offset 3"));
    }
    EXPECT_NO_THROW(check_utf8("caf\u00E9 \U0001F600", "menu.txt"));
    EXPECT_NO_THROW(check_utf8("", "menu.txt"));
}

struct Broken {
    std::string bytes, replaced;  // replaced: as Python's bytes.decode(errors="replace") has it
};

class ReplaceInvalidUtf8 : public testing::TestWithParam<Broken> {};

TEST_P(ReplaceInvalidUtf8, ReplacesWhatPythonReplaces) {
    EXPECT_EQ(replace_invalid_utf8(GetParam().bytes), GetParam().replaced);
    EXPECT_THROW(check_utf8(GetParam().bytes, "x"), Failure);
}

#define R "\uFFFD"
INSTANTIATE_TEST_SUITE_P(BrokenText, ReplaceInvalidUtf8,
                         testing::Values(Broken{"a\x80z", "a" R "z"}, Broken{"\xC3", R}, Broken{"\xC3(", R "("},
                                         Broken{"\xC0\xAF", R R}, Broken{"\xE2\x82", R}, Broken{"\xE2\x82 ", R " "},
                                         Broken{"\xE0\x80\x80", R R R}, Broken{"\xED\xA0\x80", R R R},
                                         Broken{"\xF0\x9F\x98", R}, Broken{"\xF0\x9F\x98\xC3\xA9", R "\u00E9"},
                                         Broken{"\xF0\x80\x80\x80", R R R R}, Broken{"\xF4\x90\x80\x80", R R R R},
                                         Broken{"\xF8\x88\x80\x80\x80", R R R R R}, Broken{"\xFF\xFE", R R}));
#undef R

}  // namespace
}  // namespace gatescope
