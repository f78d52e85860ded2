#pragma once
// Where scripts/setup put the sample model and text. No torch.

#include <filesystem>

namespace gatescope {

// All throw Failure(kNotFound) saying to run scripts/setup.
std::filesystem::path sample_model_path();
std::filesystem::path sample_text_path();           // to measure on
std::filesystem::path sample_training_text_path();  // to train on: nothing of the other is in it

}  // namespace gatescope
