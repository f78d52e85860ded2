#pragma once
// Logits of a text's first window as an .npy, for outside checks. No torch.

#include <filesystem>

#include "app/engine/models.h"

namespace gatescope {

// float32 [T, vocab]; written like every output. Throws Failure, Cancelled.
void write_first_logits(const Model& model, const TextWindows& text, const std::filesystem::path& path, bool overwrite,
                        JobContext& job);

}  // namespace gatescope
