#pragma once
// A PyTorch file of the zip form (torch.save since 1.6): which tensors it has and where their numbers lie. The archive
// holds NAME/data.pkl, NAME/data/KEY and, of late, NAME/byteorder.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "model/checkpoint/checkpoint_reader.h"
#include "model/checkpoint/number_types.h"

namespace gatescope {

// Elements in the file: `info.offset` is the first one's byte, neighbours along dimension d lie strides[d] elements
// apart.
struct TorchTensor {
    TensorInfo info;
    const NumberType* type = nullptr;
    std::vector<std::uint64_t> strides;
    std::uint64_t span_bytes = 0;  // from the first element to behind the last
    bool contiguous = false;       // row after row
};

// Whether the bytes begin as a file of torch.save does, of the zip form or the one before.
bool begins_as_torch(std::span<const std::byte> bytes);

// Reads the listing of a whole file; every element listed lies inside it. Throws Failure(kBadFile, kUnsupported).
std::vector<TorchTensor> parse_torch_header(std::span<const std::byte> file);

// Elements [first, first + count) of a tensor in row-major order, as float32. The type is one that can be read.
void read_torch_elements(std::span<const std::byte> file, const TorchTensor& tensor, std::uint64_t first,
                         std::span<float> out);

}  // namespace gatescope
