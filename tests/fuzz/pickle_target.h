#pragma once
// What the fuzzer of PyTorch files does with bytes, and what the replay test repeats.

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "model/checkpoint/torch_header.h"
#include "model/checkpoint/torch_pickle.h"
#include "model/checkpoint/zip_directory.h"
#include "model/core/error.h"

namespace gatescope {

// Bytes that begin as a zip archive are a whole file, of which up to a few rows at each end of every tensor are read;
// others are its pickle alone, which a fuzzer can change without breaking the archive. Any outcome but a Failure is a
// bug.
inline void read_torch(std::span<const std::byte> bytes) {
    constexpr std::uint64_t kMostValues = 64;
    try {
        if (!begins_as_zip(bytes)) {
            read_torch_pickle(bytes);
            return;
        }
        for (const TorchTensor& tensor : parse_torch_header(bytes)) {
            const auto all = static_cast<std::uint64_t>(tensor.info.element_count());
            const auto width = static_cast<std::uint64_t>(tensor.info.shape.back());
            if (tensor.type->to_float32 == nullptr || all == 0 || width > kMostValues) continue;
            std::vector<float> values(std::min(all, kMostValues / width * width));
            read_torch_elements(bytes, tensor, 0, values);
            read_torch_elements(bytes, tensor, all - values.size(), values);
        }
    } catch (const Failure&) {
    }
}

}  // namespace gatescope
