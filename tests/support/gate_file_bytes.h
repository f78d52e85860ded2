#pragma once
// Gate files for tests: honest ones, and ones with a fault.

#include <cmath>
#include <functional>
#include <map>

#include "tests/support/safetensors_bytes.h"

namespace gatescope {

// An array's name and its dimensions: H heads, D d_model, C gate_dim, M the indexer's heads.
struct GateFileArray {
    std::string name, dimensions;
};

struct GateFileShape {
    std::int64_t layers = 2, heads = 4, d_model = 16, gate_dim = 6, index_heads = 3;
    std::vector<GateFileArray> arrays = {{"query", "HDC"}, {"key", "HDC"}};
    std::map<std::string, std::string> metadata = {{"format", "gatescope-gate"},
                                                   {"version", "1.0"},
                                                   {"kind", "learned"},
                                                   {"k", "5"},
                                                   {"loss", "kl"},
                                                   {"steps", "100"},
                                                   {"model_sha256", "ab"}};
};

// What a gate of this id reads.
inline GateFileShape gate_file_shape_of(const std::string& id) {
    GateFileShape shape;
    if (id == "block-learned") shape.arrays = {{"block_query", "HDC"}, {"block_key", "HDC"}};
    if (id == "indexer") shape.arrays = {{"index_query", "MDC"}, {"index_key", "DC"}, {"index_weight", "DM"}};
    shape.metadata["kind"] = id == "soft-learned" ? "learned" : id;
    return shape;
}

// A gate of smooth made-up numbers; `change` may spoil the tensors.
inline std::string gate_file_bytes(const GateFileShape& shape = {},
                                   const std::function<void(std::vector<FloatTensor>&)>& change = {}) {
    std::vector<FloatTensor> tensors;
    for (std::int64_t layer = 0; layer < shape.layers; ++layer)
        for (const GateFileArray& array : shape.arrays) {
            FloatTensor tensor{"layers." + std::to_string(layer) + "." + array.name, "", {}};
            std::int64_t count = 1;
            for (const char dimension : array.dimensions) {
                const std::int64_t size = dimension == 'H'   ? shape.heads
                                          : dimension == 'D' ? shape.d_model
                                          : dimension == 'M' ? shape.index_heads
                                                             : shape.gate_dim;
                tensor.shape += (tensor.shape.empty() ? "[" : ",") + std::to_string(size);
                count *= size;
            }
            tensor.shape += "]";
            for (std::int64_t n = 0; n < count; ++n)
                tensor.values.push_back(
                    std::sin(static_cast<float>((7 * layer + 3) * (n + 1)) + (array.name == "query" ? 0.0F : 1.5F)));
            tensors.push_back(std::move(tensor));
        }
    if (change) change(tensors);
    std::string metadata;
    for (const auto& [key, value] : shape.metadata)
        metadata += (metadata.empty() ? "{\"" : ",\"") + key + "\":\"" + value + "\"";
    return safetensors_of(tensors, metadata.empty() ? "" : metadata + "}");
}

}  // namespace gatescope
