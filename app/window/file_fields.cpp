#include "app/window/file_fields.h"

#include <filesystem>

namespace gatescope {

namespace fs = std::filesystem;

bool path_exists(const std::string& path) {
    std::error_code ignored;
    return !path.empty() && fs::exists(path, ignored);
}

void check_out_path(const std::string& key, const std::string& path, FieldErrors& errors) {
    std::error_code ignored;
    const fs::path folder = fs::path(path).parent_path();
    if (!folder.empty() && !fs::is_directory(folder, ignored)) errors[key] = "there is no such folder";
    if (fs::is_directory(path, ignored)) errors[key] = "a folder, not a file";
}

}  // namespace gatescope
