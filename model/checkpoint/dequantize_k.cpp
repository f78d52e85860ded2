// The "K" types: blocks of 256 values in groups of 16 or 32, each group with a small integer scale (and least value)
// under one half for the block.
#include <array>

#include "model/checkpoint/dequantize.h"
#include "model/checkpoint/half.h"

namespace gatescope::dequantize {

namespace {

constexpr std::size_t kBlockValues = 256;

// out[i] = scale * q(i) - least for one group; types without a least value give 0, which changes no bit.
template <std::size_t kCount, typename Integer>
inline void write_group(float scale, float least, float* out, Integer q) {
    for (std::size_t i = 0; i < kCount; ++i) out[i] = scale * static_cast<float>(q(i)) - least;
}

// Eight 6-bit scales and eight 6-bit least values in 12 bytes: four scales, four least values, then the low nibbles of
// the other four of each, whose upper two bits sit atop the first eight bytes.
struct ScalesAndLeasts {
    std::array<std::int32_t, 8> scale, least;
};

ScalesAndLeasts unpack_scales_and_leasts(const std::uint8_t* packed) {
    ScalesAndLeasts out;
    for (std::size_t i = 0; i < 4; ++i) {
        out.scale[i] = packed[i] & 0x3f;
        out.least[i] = packed[4 + i] & 0x3f;
        out.scale[4 + i] = (packed[8 + i] & 0x0f) | ((packed[i] >> 2) & 0x30);
        out.least[4 + i] = (packed[8 + i] >> 4) | ((packed[4 + i] >> 2) & 0x30);
    }
    return out;
}

// Sixteen signed 6-bit scales in 12 bytes: low nibbles in the first eight, upper two bits in the last four.
std::array<std::int32_t, 16> unpack_signed_scales(const std::uint8_t* packed) {
    std::array<std::int32_t, 16> out;
    for (std::size_t i = 0; i < 16; ++i) {
        const int low = (packed[i % 8] >> (i < 8 ? 0 : 4)) & 0x0f;
        const int high = (packed[8 + i % 4] >> (2 * (i / 4))) & 0x03;
        out[i] = (low | (high << 4)) - 32;
    }
    return out;
}

}  // namespace

void q2_k(const std::byte* blocks, std::size_t n_blocks, float* out) {
    for (; n_blocks > 0; --n_blocks, blocks += 84, out += kBlockValues) {
        const std::uint8_t* const scales = bytes_at(blocks);
        const float scale = half_at(blocks + 80), least = half_at(blocks + 82);
        for (std::size_t group = 0; group < 16; ++group) {
            const std::uint8_t* const packed = bytes_at(blocks + 16) + 32 * (group / 8) + 16 * (group % 2);
            const unsigned shift = 2 * (static_cast<unsigned>(group) / 2 % 4);
            write_group<16>(scale * static_cast<float>(scales[group] & 0x0f),
                            least * static_cast<float>(scales[group] >> 4), out + 16 * group,
                            [=](std::size_t i) { return (packed[i] >> shift) & 3; });
        }
    }
}

void q3_k(const std::byte* blocks, std::size_t n_blocks, float* out) {
    for (; n_blocks > 0; --n_blocks, blocks += 110, out += kBlockValues) {
        const float scale = half_at(blocks + 108);
        const auto scales = unpack_signed_scales(bytes_at(blocks + 96));
        for (std::size_t group = 0; group < 16; ++group) {
            const std::uint8_t* const upper = bytes_at(blocks) + 16 * (group % 2);
            const std::uint8_t* const packed = bytes_at(blocks + 32) + 32 * (group / 8) + 16 * (group % 2);
            const auto shift = 2 * (static_cast<unsigned>(group) / 2 % 4);
            const auto bit = static_cast<unsigned>(group) / 2;
            // A cleared upper bit, not a set one, takes 4 away.
            write_group<16>(scale * static_cast<float>(scales[group]), 0.0F, out + 16 * group, [=](std::size_t i) {
                return ((packed[i] >> shift) & 3) - ((~(upper[i] >> bit) & 1) << 2);
            });
        }
    }
}

void q4_k(const std::byte* blocks, std::size_t n_blocks, float* out) {
    for (; n_blocks > 0; --n_blocks, blocks += 144, out += kBlockValues) {
        const float scale = half_at(blocks), least = half_at(blocks + 2);
        const ScalesAndLeasts groups = unpack_scales_and_leasts(bytes_at(blocks + 4));
        for (std::size_t group = 0; group < 8; ++group) {
            const std::uint8_t* const packed = bytes_at(blocks + 16) + 32 * (group / 2);
            const unsigned shift = group % 2 == 0 ? 0 : 4;
            write_group<32>(scale * static_cast<float>(groups.scale[group]),
                            least * static_cast<float>(groups.least[group]), out + 32 * group,
                            [=](std::size_t i) { return (packed[i] >> shift) & 0x0f; });
        }
    }
}

void q5_k(const std::byte* blocks, std::size_t n_blocks, float* out) {
    for (; n_blocks > 0; --n_blocks, blocks += 176, out += kBlockValues) {
        const float scale = half_at(blocks), least = half_at(blocks + 2);
        const ScalesAndLeasts groups = unpack_scales_and_leasts(bytes_at(blocks + 4));
        const std::uint8_t* const upper = bytes_at(blocks + 16);
        for (std::size_t group = 0; group < 8; ++group) {
            const std::uint8_t* const packed = bytes_at(blocks + 48) + 32 * (group / 2);
            const unsigned shift = group % 2 == 0 ? 0 : 4;
            const auto bit = static_cast<unsigned>(group);
            write_group<32>(scale * static_cast<float>(groups.scale[group]),
                            least * static_cast<float>(groups.least[group]), out + 32 * group, [=](std::size_t i) {
                                return ((packed[i] >> shift) & 0x0f) | (((upper[i] >> bit) & 1) << 4);
                            });
        }
    }
}

void q6_k(const std::byte* blocks, std::size_t n_blocks, float* out) {
    for (; n_blocks > 0; --n_blocks, blocks += 210, out += kBlockValues) {
        const auto* const scales = reinterpret_cast<const std::int8_t*>(blocks + 192);
        const float scale = half_at(blocks + 208);
        for (std::size_t group = 0; group < 16; ++group) {
            const std::size_t row = group / 2;  // of 32 values
            const std::uint8_t* const packed = bytes_at(blocks) + 64 * (row / 4) + 32 * (row % 2) + 16 * (group % 2);
            const std::uint8_t* const upper = bytes_at(blocks + 128) + 32 * (row / 4) + 16 * (group % 2);
            const unsigned shift = row % 4 < 2 ? 0 : 4;
            const auto upper_shift = 2 * static_cast<unsigned>(row % 4);
            write_group<16>(scale * static_cast<float>(scales[group]), 0.0F, out + 16 * group, [=](std::size_t i) {
                return (((packed[i] >> shift) & 0x0f) | (((upper[i] >> upper_shift) & 3) << 4)) - 32;
            });
        }
    }
}

}  // namespace gatescope::dequantize
