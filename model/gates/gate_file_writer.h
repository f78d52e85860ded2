#pragma once
// Writes what gate_file.h reads: float32 arrays `layers.N.ARRAY` and what they are, in safetensors. No torch.

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace gatescope {

// An array of a layer, row-major; the values are borrowed.
struct GateFileTensor {
    std::int64_t layer = 0;
    std::string array;  // "query"
    std::vector<std::int64_t> shape;
    std::span<const float> values;
};

// The metadata.
struct GateFileHeader {
    std::string kind;  // "learned", "block-learned", "indexer"
    std::string loss;  // "kl", "bce", "none"
    std::int64_t k = 0, steps = 0;
    std::string model_sha256;
    std::map<std::string, std::string> more = {};  // for people: "rope", "seed" ...
};

// The file appears whole or not at all. Throws Failure(kUsage, kOutput) as OutputFile does, Failure(kUnsupported) where
// a value is not finite; std::invalid_argument where values and shape of a tensor disagree, or two tensors have one
// name.
void write_gate_file(const std::filesystem::path& path, bool overwrite, const GateFileHeader& header,
                     const std::vector<GateFileTensor>& tensors);

}  // namespace gatescope
