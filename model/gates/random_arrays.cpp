// Counter: (number / 4, array, head + 65536 layer, a word that no window has); Philox gives four words at a time, and
// two words a pair of normal numbers (Box and Muller).
#include "model/gates/random_arrays.h"

#include <array>
#include <cmath>
#include <numbers>

#include "model/core/philox.h"

namespace gatescope {
namespace {

constexpr std::uint32_t kNoWindow = 0xffffffff;

// In (0, 1).
double uniform_of(std::uint32_t word) {
    return (static_cast<double>(word) + 0.5) / 4294967296.0;
}

std::array<double, 2> normal_pair(std::uint32_t first, std::uint32_t second) {
    const double radius = std::sqrt(-2.0 * std::log(uniform_of(first)));
    const double angle = 2.0 * std::numbers::pi * uniform_of(second);
    return {radius * std::cos(angle), radius * std::sin(angle)};
}

}  // namespace

void fill_normals(const NormalStream& stream, double deviation, std::span<float> out) {
    const auto seed = static_cast<std::uint64_t>(stream.seed);
    const PhiloxKey key{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)};
    const auto place = static_cast<std::uint32_t>(stream.head + 65536 * stream.layer);
    for (std::size_t begin = 0; begin < out.size(); begin += 4) {
        const PhiloxCounter words =
            philox({static_cast<std::uint32_t>(begin / 4), stream.array, place, kNoWindow}, key);
        const auto low = normal_pair(words[0], words[1]), high = normal_pair(words[2], words[3]);
        const std::array<double, 4> four{low[0], low[1], high[0], high[1]};
        for (std::size_t n = 0; n < 4 && begin + n < out.size(); ++n)
            out[begin + n] = static_cast<float>(deviation * four[n]);
    }
}

}  // namespace gatescope
