#pragma once
// The rules by which the tokenizer goldens' scripts make and hash text (tests/golden/make_*_golden.py).

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace gatescope {

constexpr std::size_t kGoldenRun = 4096;  // ids or code points for each hash

// FNV-1a over whole numbers.
template <class Numbers>
std::string golden_hash(const Numbers& numbers, std::size_t begin, std::size_t end) {
    std::uint64_t hash = 0xCBF29CE484222325U;
    for (std::size_t i = begin; i < std::min(end, numbers.size()); ++i) {
        const auto number = numbers[i];
        const std::uint64_t value =
            sizeof number == 1 ? static_cast<std::uint8_t>(number) : static_cast<std::uint64_t>(number);
        hash = (hash ^ value) * 0x100000001B3U;
    }
    char text[17];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash));
    return text;
}

// megabyte() in the scripts: fragments drawn by a linear congruential generator until there are a million bytes.
inline std::string golden_megabyte(const std::vector<std::string>& fragments) {
    constexpr std::size_t kMegabyte = 1'000'000;
    std::string text;
    for (std::uint64_t state = 1; text.size() < kMegabyte;) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        text += fragments[(state >> 33U) % fragments.size()];
    }
    return text;
}

}  // namespace gatescope
