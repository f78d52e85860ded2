#include "model/core/cache_folder.h"

#include <cstdlib>

namespace gatescope {

std::filesystem::path user_cache_folder() {
    const char* const cache = std::getenv("XDG_CACHE_HOME");
    if (cache != nullptr && *cache == '/') return std::filesystem::path(cache) / "gatescope";
    const char* const home = std::getenv("HOME");
    if (home != nullptr && *home != '\0') return std::filesystem::path(home) / ".cache" / "gatescope";
    return {};
}

}  // namespace gatescope
