#pragma once
// What the safetensors fuzzer does with bytes, and what the replay test repeats.

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "model/checkpoint/number_types.h"
#include "model/checkpoint/safetensors_header.h"
#include "model/core/error.h"

namespace gatescope {

// Reads the header and up to a few values at each end of every tensor listed. Any outcome but a Failure is a bug.
inline void read_safetensors(std::span<const std::byte> file) {
    constexpr std::uint64_t kMostValues = 16;
    try {
        for (const TensorInfo& tensor : parse_safetensors_header(file).tensors) {
            const NumberType* const type = find_number_type(tensor.dtype);
            if (type->to_float32 == nullptr) continue;
            const auto bytes = file.subspan(tensor.offset, tensor.size_bytes);
            const auto all = static_cast<std::uint64_t>(tensor.element_count());
            std::vector<float> values(std::min(all, kMostValues));
            type->to_float32(bytes.data(), values.size(), values.data());
            type->to_float32(bytes.last(values.size() * (type->bits / 8)).data(), values.size(), values.data());
        }
    } catch (const Failure&) {
    }
}

}  // namespace gatescope
