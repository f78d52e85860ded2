#pragma once
// Plain numbers as safetensors and PyTorch files hold them, and their upcast to float32.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace gatescope {

struct NumberType {
    std::string_view name;  // safetensors' word: "BF16"
    std::uint32_t bits;     // of one value
    bool whole;             // integers and truth values: no weights of a model
    // Turns `count` values into floats; nullptr: can be listed, not read. `values` needs no alignment.
    void (*to_float32)(const std::byte* values, std::size_t count, float* out);
};

std::span<const NumberType> number_types();
// The type of this name; nullptr when there is none.
const NumberType* find_number_type(std::string_view name);
// For a hint: "types that can be read: F64, F32 ...".
std::string readable_number_types();

}  // namespace gatescope
