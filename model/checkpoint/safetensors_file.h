#pragma once
// A safetensors file as a TensorFile.

#include <filesystem>
#include <memory>

#include "model/checkpoint/tensor_file.h"

namespace gatescope {

// Maps the file and reads its header. Throws Failure with the file as `where`.
std::unique_ptr<TensorFile> open_safetensors(const std::filesystem::path& path);

}  // namespace gatescope
