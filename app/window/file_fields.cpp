#include "app/window/file_fields.h"

#include <filesystem>

#include "app/window/typed_lists.h"

namespace gatescope {

namespace fs = std::filesystem;

namespace {

bool holds_anything(const std::string& folder) {
    std::error_code error;
    return fs::exists(folder, error) && !(fs::is_directory(folder, error) && fs::is_empty(folder, error));
}

}  // namespace

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

WantedFolder check_folder(const FolderField& field, FieldErrors& errors) {
    WantedFolder out;
    std::string& folder = out.path;
    std::error_code error;
    const std::string typed = trimmed(field.typed);
    folder = typed.empty() ? field.suggested : fs::absolute(typed, error).lexically_normal().string();
    while (folder.size() > 1 && folder.ends_with('/')) folder.pop_back();
    if (typed.empty())
        for (int number = 2; number < 1000 && (field.in_use(folder) || holds_anything(folder)); ++number)
            folder = field.suggested + "-" + std::to_string(number);
    if (field.in_use(folder))
        errors["folder"] = field.in_use_words;
    else if (fs::exists(folder, error) && !fs::is_directory(folder, error))
        errors["folder"] = "a file, not a folder";
    else
        out.holds_something = holds_anything(folder);
    if (out.holds_something && !field.overwrite)
        errors["folder"] = "holds something already: tick Overwrite, or choose another";
    return out;
}

}  // namespace gatescope
