#pragma once
// The small checkpoints of tests/golden/families.

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "model/checkpoint/checkpoint_reader.h"

namespace gatescope::testing_support {

inline const std::filesystem::path& family_folder() {
    static const std::filesystem::path folder = std::filesystem::path(GATESCOPE_GOLDEN_DIR) / "families";
    return folder;
}

inline std::vector<std::string> family_checkpoints() {
    std::vector<std::string> out;
    for (const auto& entry : std::filesystem::directory_iterator(family_folder()))
        out.push_back(entry.path().filename().string());
    std::sort(out.begin(), out.end());
    return out;
}

inline std::unique_ptr<CheckpointReader> open_family_checkpoint(const std::string& name) {
    const std::filesystem::path gguf = family_folder() / name / "model.gguf";
    return open_checkpoint(std::filesystem::exists(gguf) ? gguf : family_folder() / name);
}

}  // namespace gatescope::testing_support
