#pragma once
// The folder that the file dialog shows.

#include <filesystem>
#include <string>
#include <vector>

namespace gatescope {

struct FileEntry {
    std::string name;
    bool folder = false;
    bool fits = true;  // can be opened here
    std::uintmax_t size_bytes = 0;
};

// Folders first, both by name, hidden ones left out. `extensions` (".gguf"): what fits; empty: every file. Sets
// `problem` where the folder can't be read.
std::vector<FileEntry> list_folder(const std::filesystem::path& folder, const std::vector<std::string>& extensions,
                                   std::string& problem);

// "93.1 MB"
std::string size_text(std::uintmax_t bytes);

// Is this a folder that holds a checkpoint (config.json)?
bool is_model_folder(const std::filesystem::path& folder);

}  // namespace gatescope
