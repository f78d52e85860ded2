#pragma once
// The metadata of one small model of every family, as config.json and as GGUF, with the tensors it calls for.

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "model/checkpoint/checkpoint_reader.h"

namespace gatescope {

struct HonestConfig {
    std::string name;  // "llama", "llama.gguf"
    MetadataKind kind = MetadataKind::kConfigJson;
    nlohmann::json metadata;
    std::vector<TensorInfo> tensors;
};

const std::vector<HonestConfig>& honest_configs();
// Throws std::out_of_range.
const HonestConfig& honest_config(const std::string& name);

// A float32 tensor of a listing; offsets tell two of them apart.
TensorInfo listed_tensor(const std::string& name, const std::vector<std::int64_t>& shape, std::uint64_t offset);

}  // namespace gatescope
