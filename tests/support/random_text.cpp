#include "tests/support/random_text.h"

#include <array>
#include <string_view>

#include "model/tokenizer/utf8.h"

namespace gatescope {
namespace {

char32_t random_code_point(std::mt19937& rng) {
    constexpr std::array<char32_t, 4> kBelow = {0x80, 0x800, 0x10000, 0x110000};
    for (;;) {
        const auto code_point = static_cast<char32_t>(rng()) % kBelow[rng() % kBelow.size()];
        if (code_point < 0xD800 || code_point > 0xDFFF) return code_point;
    }
}

}  // namespace

std::string random_text(std::mt19937& rng, std::size_t characters) {
    constexpr std::array<std::string_view, 12> kCommon = {" ",    "  ",    "\n",      "\u00A0", "1",  "the",
                                                          " the", "aaaaa", "<|end|>", "<s>",    "'s", "\u180E"};
    std::string text;
    for (std::size_t i = 0; i < characters; ++i) {
        if (rng() % 2 == 0)
            text += kCommon[rng() % kCommon.size()];
        else
            utf8_append(text, random_code_point(rng));
    }
    return text;
}

}  // namespace gatescope
