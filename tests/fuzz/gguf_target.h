#pragma once
// What the GGUF fuzzer does with bytes, and what the replay test repeats.

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "model/checkpoint/dequantize.h"
#include "model/checkpoint/gguf_header.h"
#include "model/core/error.h"

namespace gatescope {

// Reads the header and up to a few blocks at each end of every tensor listed. Any outcome but a Failure is a bug.
inline void read_gguf(std::span<const std::byte> file) {
    constexpr std::uint64_t kMostBlocks = 4;
    try {
        const GgufHeader header = parse_gguf_header(file);
        for (const TensorInfo& tensor : header.tensors) {
            const TensorType* const type = find_tensor_type(tensor.dtype);
            if (type == nullptr || type->dequantize == nullptr) continue;
            const std::uint64_t blocks = std::min(tensor.size_bytes / type->block_bytes, kMostBlocks);
            std::vector<float> values(blocks * type->block_values);
            const auto bytes = file.subspan(tensor.offset, tensor.size_bytes);
            type->dequantize(bytes.data(), blocks, values.data());
            type->dequantize(bytes.last(blocks * type->block_bytes).data(), blocks, values.data());
        }
    } catch (const Failure&) {
    }
}

}  // namespace gatescope
