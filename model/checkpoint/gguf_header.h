#pragma once
// A GGUF file's header: metadata and the listing of tensors. Format: ggml-org/ggml docs/gguf.md, versions 2 and 3.
// Nothing the header says is believed before it is checked against the bytes that are there.

#include <cstddef>
#include <nlohmann/json.hpp>
#include <span>
#include <vector>

#include "model/checkpoint/checkpoint_reader.h"

namespace gatescope {

struct GgufHeader {
    std::uint32_t version = 0;
    std::uint64_t alignment = 32;     // of tensor data, bytes
    nlohmann::json metadata;          // object
    std::vector<TensorInfo> tensors;  // in file order, offsets from the start of the file
};

// Whether the bytes begin as a GGUF file does, of any version and byte order.
bool begins_as_gguf(std::span<const std::byte> bytes);

// Reads the header of a whole file; every tensor listed lies inside `file` and apart from the others.
// Throws Failure(kBadFile, kUnsupported) that names the key or tensor at fault.
GgufHeader parse_gguf_header(std::span<const std::byte> file);

}  // namespace gatescope
