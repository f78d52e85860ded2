#include "model/core/last_part.h"

#include <filesystem>

namespace gatescope {

std::string last_part(const std::string& path) {
    const std::filesystem::path whole = std::filesystem::path(path).lexically_normal();
    const std::string name = (whole.has_filename() ? whole : whole.parent_path()).filename().string();
    return name.empty() ? path : name;
}

}  // namespace gatescope
