#pragma once
// Gate files for tests: honest ones, and ones with a fault.

#include <cmath>
#include <functional>
#include <map>

#include "tests/support/safetensors_bytes.h"

namespace gatescope {

struct GateFileShape {
    std::int64_t layers = 2, heads = 4, d_model = 16, gate_dim = 6;
    std::map<std::string, std::string> metadata = {{"format", "gatescope-gate"},
                                                   {"version", "1.0"},
                                                   {"kind", "learned"},
                                                   {"k", "5"},
                                                   {"loss", "kl"},
                                                   {"steps", "100"},
                                                   {"model_sha256", "ab"}};
};

// A bilinear gate of smooth made-up numbers; `change` may spoil the tensors.
inline std::string gate_file_bytes(const GateFileShape& shape = {},
                                   const std::function<void(std::vector<FloatTensor>&)>& change = {}) {
    std::vector<FloatTensor> tensors;
    for (std::int64_t layer = 0; layer < shape.layers; ++layer)
        for (const char* array : {"query", "key"}) {
            FloatTensor tensor{"layers." + std::to_string(layer) + "." + array,
                               "[" + std::to_string(shape.heads) + "," + std::to_string(shape.d_model) + "," +
                                   std::to_string(shape.gate_dim) + "]",
                               {}};
            const std::int64_t count = shape.heads * shape.d_model * shape.gate_dim;
            for (std::int64_t n = 0; n < count; ++n)
                tensor.values.push_back(
                    std::sin(static_cast<float>((7 * layer + 3) * (n + 1)) + (*array == 'q' ? 0.0F : 1.5F)));
            tensors.push_back(std::move(tensor));
        }
    if (change) change(tensors);
    std::string metadata;
    for (const auto& [key, value] : shape.metadata)
        metadata += (metadata.empty() ? "{\"" : ",\"") + key + "\":\"" + value + "\"";
    return safetensors_of(tensors, metadata.empty() ? "" : metadata + "}");
}

}  // namespace gatescope
