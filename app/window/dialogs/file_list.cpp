#include "app/window/dialogs/file_list.h"

#include <algorithm>
#include <cstdlib>

namespace gatescope {

std::vector<FileEntry> list_folder(const std::filesystem::path& folder, const std::vector<std::string>& extensions,
                                   std::string& problem) {
    std::vector<FileEntry> out;
    std::error_code error;
    for (auto entry = std::filesystem::directory_iterator(folder, error);
         !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
        FileEntry file;
        file.name = entry->path().filename().string();
        if (file.name.starts_with('.')) continue;
        std::error_code ignored;
        file.folder = entry->is_directory(ignored);
        if (!file.folder) {
            file.size_bytes = entry->file_size(ignored);
            if (ignored) file.size_bytes = 0;
            const std::string extension = entry->path().extension().string();
            file.fits =
                extensions.empty() || std::find(extensions.begin(), extensions.end(), extension) != extensions.end();
        }
        out.push_back(std::move(file));
    }
    problem = error ? folder.string() + ": " + error.message() : "";
    std::sort(out.begin(), out.end(),
              [](const FileEntry& a, const FileEntry& b) { return a.folder != b.folder ? a.folder : a.name < b.name; });
    return out;
}

bool is_model_folder(const std::filesystem::path& folder) {
    std::error_code ignored;
    for (const char* name : {"config.json", "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin",
                             "pytorch_model.bin.index.json"})
        if (std::filesystem::is_regular_file(folder / name, ignored)) return true;
    return false;
}

std::filesystem::path typed_path(const std::filesystem::path& folder, const std::string& typed) {
    const char* home = std::getenv("HOME");
    if (home != nullptr && (typed == "~" || typed.starts_with("~/")))
        return (std::filesystem::path(home) / typed.substr(std::min<std::size_t>(2, typed.size()))).lexically_normal();
    return (folder / typed).lexically_normal();
}

}  // namespace gatescope
