#pragma once
// Safetensors files for tests: honest ones and ones whose header lies.

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/byte_writer.h"

namespace gatescope {

// Length, header, data; the length may lie.
inline std::string safetensors_bytes(std::string_view header, std::string_view data) {
    return ByteWriter().put(std::uint64_t{header.size()}).raw(header).raw(data).bytes();
}

// One entry of a header.
inline std::string safetensors_entry(std::string_view name, std::string_view dtype, std::string_view shape,
                                     std::uint64_t begin, std::uint64_t end) {
    return "\"" + std::string(name) + "\":{\"dtype\":\"" + std::string(dtype) + "\",\"shape\":" + std::string(shape) +
           ",\"data_offsets\":[" + std::to_string(begin) + "," + std::to_string(end) + "]}";
}

// A file of float32 tensors {name, shape as JSON, values}.
struct FloatTensor {
    std::string name, shape;
    std::vector<float> values;
};
inline std::string safetensors_of(const std::vector<FloatTensor>& tensors, const std::string& metadata = {}) {
    std::string header = "{" + (metadata.empty() ? "" : "\"__metadata__\":" + metadata);
    ByteWriter data;
    for (const FloatTensor& tensor : tensors) {
        const std::uint64_t begin = data.bytes().size();
        for (const float value : tensor.values) data.put(value);
        header += (header.size() > 1 ? "," : "") +
                  safetensors_entry(tensor.name, "F32", tensor.shape, begin, data.bytes().size());
    }
    return safetensors_bytes(header + "}", data.bytes());
}

inline std::filesystem::path write_file(const std::filesystem::path& path, std::string_view bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
}

}  // namespace gatescope
