#pragma once
// A PyTorch file of weights (.bin, .pt, .pth) as a TensorFile.

#include <filesystem>
#include <memory>

#include "model/checkpoint/tensor_file.h"

namespace gatescope {

// Maps the file and reads its listing; nothing in it is run. Throws Failure with the file as `where`.
std::unique_ptr<TensorFile> open_torch_file(const std::filesystem::path& path);

}  // namespace gatescope
