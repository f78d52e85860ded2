#pragma once
// The folder that the file dialog shows.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace gatescope {

struct FileEntry {
    std::string name;
    bool folder = false;
    bool fits = true;  // can be opened here
    std::uintmax_t size_bytes = 0;
    std::optional<bool> is_model;  // of a folder, once it was looked at
};

// Folders first, both by name, hidden ones left out. `extensions` (".gguf"): what fits; empty: every file. Sets
// `problem` where the folder can't be read.
std::vector<FileEntry> list_folder(const std::filesystem::path& folder, const std::vector<std::string>& extensions,
                                   std::string& problem);

// Is this a folder that means to be a checkpoint: one with a config.json, or with weights by their usual names?
bool is_model_folder(const std::filesystem::path& folder);

// What is typed into a dialog that shows `folder`, as a whole path: "~/x" is in the home folder.
std::filesystem::path typed_path(const std::filesystem::path& folder, const std::string& typed);

}  // namespace gatescope
