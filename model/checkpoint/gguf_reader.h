#pragma once
// GGUF files as a CheckpointReader.

#include <filesystem>
#include <memory>

#include "model/checkpoint/checkpoint_reader.h"

namespace gatescope {

// Maps the file and reads its header. Throws Failure with the file as `where`.
std::unique_ptr<CheckpointReader> open_gguf(const std::filesystem::path& path);

}  // namespace gatescope
