#pragma once
// The block formats of GGML as float32, bit for bit what the `gguf` Python package computes (numpy: every product and
// sum is rounded to float32 by itself, so these sources are compiled without fused multiply-add).

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace gatescope {

// Turns `n_blocks` blocks into n_blocks * block_values floats. `blocks` needs no alignment.
using Dequantize = void (*)(const std::byte* blocks, std::size_t n_blocks, float* out);

struct TensorType {
    std::uint32_t number;        // ggml_type
    std::string_view name;       // "Q4_1"
    std::uint32_t block_values;  // values a block
    std::uint32_t block_bytes;
    Dequantize dequantize;  // nullptr: can be listed, not read
};

// Every type of GGML, by number.
std::span<const TensorType> tensor_types();

// The type with this number or name; nullptr when GGML has none.
const TensorType* find_tensor_type(std::uint32_t number);
const TensorType* find_tensor_type(std::string_view name);

namespace dequantize {
void f32(const std::byte* blocks, std::size_t n_blocks, float* out);
void f64(const std::byte* blocks, std::size_t n_blocks, float* out);
void f16(const std::byte* blocks, std::size_t n_blocks, float* out);
void bf16(const std::byte* blocks, std::size_t n_blocks, float* out);
void q8_0(const std::byte* blocks, std::size_t n_blocks, float* out);
void q4_0(const std::byte* blocks, std::size_t n_blocks, float* out);
void q4_1(const std::byte* blocks, std::size_t n_blocks, float* out);
void q5_0(const std::byte* blocks, std::size_t n_blocks, float* out);
void q5_1(const std::byte* blocks, std::size_t n_blocks, float* out);
void q2_k(const std::byte* blocks, std::size_t n_blocks, float* out);
void q3_k(const std::byte* blocks, std::size_t n_blocks, float* out);
void q4_k(const std::byte* blocks, std::size_t n_blocks, float* out);
void q5_k(const std::byte* blocks, std::size_t n_blocks, float* out);
void q6_k(const std::byte* blocks, std::size_t n_blocks, float* out);
}  // namespace dequantize

}  // namespace gatescope
