// Types whose block is one value or 32 values with a half as scale.
#include "model/checkpoint/dequantize.h"

#include <bit>
#include <cstring>

#include "model/checkpoint/half.h"

namespace gatescope::dequantize {

namespace {

constexpr std::size_t kBlockValues = 32;
constexpr std::size_t kHalf = kBlockValues / 2;

// A block's low nibbles are its first 16 values, the high nibbles its last 16.
struct Nibbles {
    std::int32_t low[kHalf], high[kHalf];
};

inline Nibbles split_nibbles(const std::uint8_t* packed) {
    Nibbles out;
    for (std::size_t i = 0; i < kHalf; ++i) {
        out.low[i] = packed[i] & 0x0f;
        out.high[i] = packed[i] >> 4;
    }
    return out;
}

// The same with each value's fifth bit, bit i of a 32-bit word for value i.
inline Nibbles split_five_bits(const std::byte* fifth_bits, const std::uint8_t* packed) {
    std::uint32_t fifth;
    std::memcpy(&fifth, fifth_bits, sizeof fifth);
    Nibbles out = split_nibbles(packed);
    for (std::uint32_t i = 0; i < kHalf; ++i) {
        out.low[i] |= static_cast<std::int32_t>(((fifth >> i) & 1u) << 4);
        out.high[i] |= static_cast<std::int32_t>(((fifth >> (i + kHalf)) & 1u) << 4);
    }
    return out;
}

inline void write_centred(const Nibbles& values, std::int32_t centre, float scale, float* out) {
    for (std::size_t i = 0; i < kHalf; ++i) {
        out[i] = scale * static_cast<float>(values.low[i] - centre);
        out[i + kHalf] = scale * static_cast<float>(values.high[i] - centre);
    }
}

inline void write_from_least(const Nibbles& values, float scale, float least, float* out) {
    for (std::size_t i = 0; i < kHalf; ++i) {
        out[i] = scale * static_cast<float>(values.low[i]) + least;
        out[i + kHalf] = scale * static_cast<float>(values.high[i]) + least;
    }
}

}  // namespace

void f32(const std::byte* blocks, std::size_t n_blocks, float* out) {
    if (n_blocks > 0) std::memcpy(out, blocks, n_blocks * sizeof(float));  // an empty tensor may have no address
}

void f64(const std::byte* blocks, std::size_t n_blocks, float* out) {
    for (std::size_t i = 0; i < n_blocks; ++i) {
        double value;
        std::memcpy(&value, blocks + i * sizeof value, sizeof value);
        out[i] = static_cast<float>(value);
    }
}

void f16(const std::byte* blocks, std::size_t n_blocks, float* out) {
    for (std::size_t i = 0; i < n_blocks; ++i) out[i] = half_at(blocks + i * 2);
}

void bf16(const std::byte* blocks, std::size_t n_blocks, float* out) {
    for (std::size_t i = 0; i < n_blocks; ++i) {
        std::uint16_t upper;
        std::memcpy(&upper, blocks + i * sizeof upper, sizeof upper);
        out[i] = std::bit_cast<float>(static_cast<std::uint32_t>(upper) << 16);
    }
}

void q8_0(const std::byte* blocks, std::size_t n_blocks, float* out) {
    for (; n_blocks > 0; --n_blocks, blocks += 34, out += kBlockValues) {
        const float scale = half_at(blocks);
        const auto* const values = reinterpret_cast<const std::int8_t*>(blocks + 2);
        for (std::size_t i = 0; i < kBlockValues; ++i) out[i] = static_cast<float>(values[i]) * scale;
    }
}

void q4_0(const std::byte* blocks, std::size_t n_blocks, float* out) {
    for (; n_blocks > 0; --n_blocks, blocks += 18, out += kBlockValues)
        write_centred(split_nibbles(bytes_at(blocks + 2)), 8, half_at(blocks), out);
}

void q4_1(const std::byte* blocks, std::size_t n_blocks, float* out) {
    for (; n_blocks > 0; --n_blocks, blocks += 20, out += kBlockValues)
        write_from_least(split_nibbles(bytes_at(blocks + 4)), half_at(blocks), half_at(blocks + 2), out);
}

void q5_0(const std::byte* blocks, std::size_t n_blocks, float* out) {
    for (; n_blocks > 0; --n_blocks, blocks += 22, out += kBlockValues)
        write_centred(split_five_bits(blocks + 2, bytes_at(blocks + 6)), 16, half_at(blocks), out);
}

void q5_1(const std::byte* blocks, std::size_t n_blocks, float* out) {
    for (; n_blocks > 0; --n_blocks, blocks += 24, out += kBlockValues)
        write_from_least(split_five_bits(blocks + 4, bytes_at(blocks + 8)), half_at(blocks), half_at(blocks + 2), out);
}

}  // namespace gatescope::dequantize
