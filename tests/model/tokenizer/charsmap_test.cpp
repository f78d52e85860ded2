// Broken maps of characters; honest ones are in the goldens.

#include "model/tokenizer/sentencepiece/charsmap.h"

#include <gmock/gmock.h>

#include "model/core/error.h"
#include "tests/support/byte_writer.h"

namespace gatescope {
namespace {

using testing::HasSubstr;

// A table that rewrites "a" to what stands at `value` in `strings`: unit 0 leads to unit 'a' (or `astray`), that to its
// value.
std::string map_of(std::uint32_t value, std::string_view strings, std::uint32_t astray = 0) {
    constexpr std::uint32_t kHasValue = 0x100, kValueAtNext = 1U << 10U;
    std::vector<std::uint32_t> units(256, 0);
    units[0] = astray << 10U;
    units['a'] = kHasValue | kValueAtNext | 'a';
    units['a' ^ 1U] = 0x80000000U | value;
    ByteWriter out;
    out.put(static_cast<std::uint32_t>(units.size() * sizeof(std::uint32_t)));
    for (const std::uint32_t unit : units) out.put(unit);
    return out.raw(strings).bytes();
}

std::string refusal(const std::string& bytes, std::string_view text = "ab") {
    try {
        Charsmap(bytes).longest(text);
    } catch (const Failure& failure) {
        return failure.what();
    }
    return "read";
}

TEST(Charsmap, RewritesWhatItsTableFinds) {
    const Charsmap map(map_of(2, std::string("x\0yz\0", 5)));
    EXPECT_EQ(map.longest("ab").length, 1U);
    EXPECT_EQ(map.longest("ab").becomes, "yz");
    EXPECT_EQ(map.longest("b").length, 0U);
    EXPECT_EQ(map.longest("").length, 0U);
    EXPECT_EQ(Charsmap("").longest("ab").length, 0U);
}

TEST(Charsmap, RefusesATableThatIsCutShortOrMissing) {
    EXPECT_THAT(refusal("ab"), HasSubstr("cut short"));
    EXPECT_THAT(refusal(std::string(4, '\0') + "x"), HasSubstr("no table"));
    EXPECT_THAT(refusal(ByteWriter().put(std::uint32_t{400}).put(std::uint32_t{0}).bytes()), HasSubstr("cut short"));
    EXPECT_THAT(refusal(ByteWriter().put(std::uint32_t{3}).put(std::uint32_t{0}).bytes()), HasSubstr("cut short"));
}

TEST(Charsmap, RefusesToLeadAnywhereElse) {
    EXPECT_THAT(refusal(map_of(9, std::string("x\0", 2))), HasSubstr("out of its own strings"));
    EXPECT_THAT(refusal(map_of(0, "x")), HasSubstr("out of its own strings"));
    EXPECT_THAT(refusal(map_of(1, std::string("\xC3\xA9\0", 3))), HasSubstr("middle of a character"));
    EXPECT_THAT(refusal(map_of(0, std::string(300, 'x') + std::string(1, '\0'))), HasSubstr("256 bytes"));
    EXPECT_THAT(refusal(map_of(0, std::string("x\0", 2), 256)), HasSubstr("out of its own table"));
    EXPECT_THAT(refusal(map_of(0, std::string("\xFF\0", 2))), HasSubstr("not UTF-8"));
}

}  // namespace
}  // namespace gatescope
