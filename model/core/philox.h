#pragma once
// Philox 4x32-10, the counter-based generator of Salmon et al. (SC 2011): the same numbers for the same counter and key
// on any device and in any order.

#include <array>
#include <cstdint>

#include "model/core/cpu_clones.h"

namespace gatescope {

inline constexpr std::uint32_t kPhiloxMultiply[2] = {0xD2511F53u, 0xCD9E8D57u};
inline constexpr std::uint32_t kPhiloxWeyl[2] = {0x9E3779B9u, 0xBB67AE85u};
inline constexpr int kPhiloxRounds = 10;

using PhiloxCounter = std::array<std::uint32_t, 4>;
using PhiloxKey = std::array<std::uint32_t, 2>;

GATESCOPE_INLINE PhiloxCounter philox(PhiloxCounter counter, PhiloxKey key) {
    for (int round = 0; round < kPhiloxRounds; ++round) {
        const std::uint64_t left = static_cast<std::uint64_t>(kPhiloxMultiply[0]) * counter[0];
        const std::uint64_t right = static_cast<std::uint64_t>(kPhiloxMultiply[1]) * counter[2];
        counter = {static_cast<std::uint32_t>(right >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(right),
                   static_cast<std::uint32_t>(left >> 32) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(left)};
        key = {key[0] + kPhiloxWeyl[0], key[1] + kPhiloxWeyl[1]};
    }
    return counter;
}

}  // namespace gatescope
