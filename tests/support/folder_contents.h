#pragma once
// The bytes of every file of a folder.

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace gatescope {

// None when the folder is not there.
inline std::vector<std::string> contents_of(const std::filesystem::path& folder) {
    std::vector<std::string> out;
    if (!std::filesystem::exists(folder)) return out;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        std::ifstream file(entry.path(), std::ios::binary);
        out.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
    return out;
}

}  // namespace gatescope
