// Counter: (number / 4, array, head + 65536 layer, a word that no window has); Philox gives four words at a time, and
// two words a pair of normal numbers (Box and Muller). Many at once, without a branch, so that loops vectorise: an
// array is drawn anew whenever a gate is set.
#include "model/gates/random_arrays.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numbers>

#include "model/core/cpu_clones.h"
#include "model/core/philox.h"

namespace gatescope {
namespace {

constexpr std::uint32_t kNoWindow = 0xffffffff;
constexpr std::uint32_t kBlocks = 64;  // of four numbers that are drawn together

// Adding it leaves the nearest integer in the low bits of a double.
constexpr double kRound = 6755399441055744.0;  // 1.5 * 2^52

// In (0, 1).
GATESCOPE_INLINE double uniform_of(std::uint32_t word) {
    return (static_cast<double>(word) + 0.5) / 4294967296.0;
}

// ln u of a normal u > 0 within an ulp (FreeBSD's e_log.c).
GATESCOPE_INLINE double log_of(double u) {
    constexpr std::int64_t kRootHalf = 0x3fe6a09e667f3bcd;  // of 1/2: mantissas come to lie around 1
    const auto bits = std::bit_cast<std::int64_t>(u);
    const std::int64_t exponent = (bits - kRootHalf) >> 52;
    const double f = std::bit_cast<double>(bits - exponent * (std::int64_t{1} << 52)) - 1.0;
    const double e = std::bit_cast<double>(exponent + std::bit_cast<std::int64_t>(kRound)) - kRound;
    const double s = f / (2.0 + f), z = s * s;
    double poly = 1.479819860511658591e-01;
    poly = poly * z + 1.531383769920937332e-01;
    poly = poly * z + 1.818357216161805012e-01;
    poly = poly * z + 2.222219843214978396e-01;
    poly = poly * z + 2.857142874366239149e-01;
    poly = poly * z + 3.999999999940941908e-01;
    poly = poly * z + 6.666666666666735130e-01;
    const double half_square = 0.5 * f * f;
    const double low = s * (half_square + poly * z) + e * 1.90821492927058770002e-10;
    return e * 6.93147180369123816490e-01 - ((half_square - low) - f);
}

struct Turn {
    double cos, sin;
};

// Of 2 pi v, v in [0, 1], within an ulp of 1 (FreeBSD's k_sin.c and k_cos.c on the nearest quarter's rest).
GATESCOPE_INLINE Turn turn_of(double v) {
    const double shifted = 4.0 * v + kRound;
    const std::int64_t quarter = std::bit_cast<std::int64_t>(shifted) & 3;
    const double x = 2.0 * std::numbers::pi * (v - 0.25 * (shifted - kRound)), z = x * x;
    double sine = 1.58969099521155010221e-10;
    sine = sine * z - 2.50507602534068634195e-08;
    sine = sine * z + 2.75573137070700676789e-06;
    sine = sine * z - 1.98412698298579493134e-04;
    sine = sine * z + 8.33333333332248946124e-03;
    sine = sine * z - 1.66666666666666324348e-01;
    sine = x + x * z * sine;
    double cosine = -1.13596475577881948265e-11;
    cosine = cosine * z + 2.08757232129817482790e-09;
    cosine = cosine * z - 2.75573143513906633035e-07;
    cosine = cosine * z + 2.48015872894767294178e-05;
    cosine = cosine * z - 1.38888888888741095749e-03;
    cosine = cosine * z + 4.16666666666666019037e-02;
    cosine = 1.0 - (0.5 * z - z * z * cosine);
    const bool swapped = (quarter & 1) != 0;
    const double c = swapped ? sine : cosine, s = swapped ? cosine : sine;
    return {quarter == 1 || quarter == 2 ? -c : c, quarter >= 2 ? -s : s};
}

// 4 kBlocks numbers from block `first` on.
GATESCOPE_CPU_CLONES void fill_blocks(std::uint32_t first, std::uint32_t array, std::uint32_t place, PhiloxKey key,
                                      double deviation, float* out) {
    std::array<std::uint32_t, 2 * kBlocks> radius_words{}, angle_words{};
#pragma omp simd
    for (std::uint32_t block = 0; block < kBlocks; ++block) {
        const PhiloxCounter words = philox({first + block, array, place, kNoWindow}, key);
        radius_words[2 * block] = words[0];
        angle_words[2 * block] = words[1];
        radius_words[2 * block + 1] = words[2];
        angle_words[2 * block + 1] = words[3];
    }
#pragma omp simd
    for (std::uint32_t pair = 0; pair < 2 * kBlocks; ++pair) {
        const double radius = std::sqrt(-2.0 * log_of(uniform_of(radius_words[pair])));
        const Turn turn = turn_of(uniform_of(angle_words[pair]));
        out[2 * pair] = static_cast<float>(deviation * (radius * turn.cos));
        out[2 * pair + 1] = static_cast<float>(deviation * (radius * turn.sin));
    }
}

}  // namespace

void fill_normals(const NormalStream& stream, double deviation, std::span<float> out) {
    const auto seed = static_cast<std::uint64_t>(stream.seed);
    const PhiloxKey key{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)};
    const auto place = static_cast<std::uint32_t>(stream.head + 65536 * stream.layer);
    std::array<float, 4 * kBlocks> drawn{};
    for (std::size_t begin = 0; begin < out.size(); begin += drawn.size()) {
        fill_blocks(static_cast<std::uint32_t>(begin / 4), stream.array, place, key, deviation, drawn.data());
        std::copy_n(drawn.begin(), std::min(drawn.size(), out.size() - begin), out.data() + begin);
    }
}

}  // namespace gatescope
