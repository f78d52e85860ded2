#pragma once
// The index of a sharded checkpoint: which file holds which tensor.

#include <filesystem>
#include <string>
#include <unordered_map>
#include <vector>

namespace gatescope {

struct ShardIndex {
    std::vector<std::string> files;                        // names in the index's folder, sorted, each once
    std::unordered_map<std::string, std::string> file_of;  // tensor -> file
};

// Throws Failure with the path as `where`; a file name that leaves the folder is refused.
ShardIndex read_shard_index(const std::filesystem::path& path);

}  // namespace gatescope
