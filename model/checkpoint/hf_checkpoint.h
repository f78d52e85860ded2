#pragma once
// A Hugging Face checkpoint as a CheckpointReader: config.json and the weight files beside it.

#include <filesystem>
#include <memory>
#include <string>

#include "model/checkpoint/checkpoint_reader.h"
#include "model/checkpoint/tensor_file.h"

namespace gatescope {

// Opens one file of weights.
using OpenTensorFile = std::unique_ptr<TensorFile> (*)(const std::filesystem::path& path);

// A weights file with the config.json beside it. `format` is the format's id. Throws Failure: kNotFound naming what is
// missing, kBadFile.
std::unique_ptr<CheckpointReader> open_hf_file(const std::filesystem::path& weights, const std::string& format,
                                               OpenTensorFile open);

// A sharded checkpoint by its index (model.safetensors.index.json): the tensors of all files that the index names, each
// from the file that it names for it. No file outside the index's folder is opened. Throws as above.
std::unique_ptr<CheckpointReader> open_hf_index(const std::filesystem::path& index, const std::string& format,
                                                OpenTensorFile open);

}  // namespace gatescope
