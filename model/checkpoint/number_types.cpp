#include "model/checkpoint/number_types.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>

#include "model/checkpoint/dequantize.h"
#include "model/checkpoint/half.h"

namespace gatescope {
namespace {

template <typename Value>
void from_integers(const std::byte* values, std::size_t count, float* out) {
    for (std::size_t n = 0; n < count; ++n) {
        Value value;
        std::memcpy(&value, values + n * sizeof value, sizeof value);
        out[n] = static_cast<float>(value);
    }
}

// E4M3FN: bias 7, no infinity, NaN is S.1111.111 (Micikevicius et al. 2022, "FP8 formats for deep learning").
constexpr float float_of_e4m3(std::uint32_t byte) {
    const std::uint32_t exponent = (byte >> 3) & 15u, mantissa = byte & 7u;
    const std::uint32_t sign = (byte & 0x80u) << 24;
    if (exponent == 15 && mantissa == 7) return std::numeric_limits<float>::quiet_NaN();
    if (exponent == 0) return (sign != 0 ? -1.0F : 1.0F) * static_cast<float>(mantissa) * 0x1p-9F;
    return std::bit_cast<float>(sign | (exponent + 127 - 7) << 23 | mantissa << 20);
}

constexpr std::array<float, 256> kE4m3 = [] {
    std::array<float, 256> out{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) out[byte] = float_of_e4m3(byte);
    return out;
}();

void from_e4m3(const std::byte* values, std::size_t count, float* out) {
    for (std::size_t n = 0; n < count; ++n) out[n] = kE4m3[std::to_integer<std::size_t>(values[n])];
}

// E5M2 is the upper byte of a half.
void from_e5m2(const std::byte* values, std::size_t count, float* out) {
    for (std::size_t n = 0; n < count; ++n)
        out[n] = float_of_half(static_cast<std::uint16_t>(std::to_integer<std::uint32_t>(values[n]) << 8));
}

// safetensors 0.6's words, widest range first.
constexpr std::array kTypes = {
    NumberType{"F64", 64, false, dequantize::f64},
    NumberType{"F32", 32, false, dequantize::f32},
    NumberType{"F16", 16, false, dequantize::f16},
    NumberType{"BF16", 16, false, dequantize::bf16},
    NumberType{"F8_E4M3", 8, false, from_e4m3},
    NumberType{"F8_E5M2", 8, false, from_e5m2},
    NumberType{"I64", 64, true, from_integers<std::int64_t>},
    NumberType{"I32", 32, true, from_integers<std::int32_t>},
    NumberType{"I16", 16, true, from_integers<std::int16_t>},
    NumberType{"I8", 8, true, from_integers<std::int8_t>},
    NumberType{"U8", 8, true, from_integers<std::uint8_t>},
    NumberType{"BOOL", 8, true, from_integers<std::uint8_t>},
    NumberType{"U16", 16, true, nullptr},
    NumberType{"U32", 32, true, nullptr},
    NumberType{"U64", 64, true, nullptr},
    NumberType{"C64", 64, false, nullptr},
    NumberType{"F8_E8M0", 8, false, nullptr},
    NumberType{"F6_E2M3", 6, false, nullptr},
    NumberType{"F6_E3M2", 6, false, nullptr},
    NumberType{"F4", 4, false, nullptr},
};

}  // namespace

std::span<const NumberType> number_types() {
    return kTypes;
}

const NumberType* find_number_type(std::string_view name) {
    const auto* const found =
        std::find_if(kTypes.begin(), kTypes.end(), [&](const NumberType& type) { return type.name == name; });
    return found == kTypes.end() ? nullptr : found;
}

std::string readable_number_types() {
    std::string out;
    for (const NumberType& type : kTypes)
        if (type.to_float32 != nullptr) out += (out.empty() ? "" : ", ") + std::string(type.name);
    return "types that can be read: " + out;
}

}  // namespace gatescope
