#include "app/window/dialogs/file_list.h"

#include <algorithm>

#include "app/window/widgets/text.h"

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

std::string size_text(std::uintmax_t bytes) {
    const auto size = static_cast<double>(bytes);
    if (size >= 1e9) return formatted("%.1f GB", size / 1e9);
    if (size >= 1e6) return formatted("%.1f MB", size / 1e6);
    return size >= 1e3 ? formatted("%.1f kB", size / 1e3) : formatted("%.0f B", size);
}

bool is_model_folder(const std::filesystem::path& folder) {
    std::error_code ignored;
    return std::filesystem::exists(folder / "config.json", ignored);
}

}  // namespace gatescope
