#pragma once
// Where scripts/setup put the sample model and text. No torch.

#include <filesystem>

namespace gatescope {

// Both throw Failure(kNotFound) saying to run scripts/setup.
std::filesystem::path sample_model_path();
std::filesystem::path sample_text_path();

}  // namespace gatescope
