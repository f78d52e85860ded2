#pragma once
// A safetensors file's header: 8 bytes of length, that much JSON, then the data. Rules as in the safetensors crate:
// tensors fill the data without holes and without sharing bytes. Nothing is believed before it is checked.

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "model/checkpoint/checkpoint_reader.h"

namespace gatescope {

struct SafetensorsHeader {
    std::map<std::string, std::string> metadata;  // __metadata__
    std::vector<TensorInfo> tensors;  // in the order of the header, offsets from the start of the file; a scalar is [1]
};

// Whether the bytes may begin a safetensors file.
bool begins_as_safetensors(std::span<const std::byte> bytes);

// Reads the header of a whole file. Throws Failure(kBadFile, kUnsupported) that names the tensor at fault.
SafetensorsHeader parse_safetensors_header(std::span<const std::byte> file);

}  // namespace gatescope
