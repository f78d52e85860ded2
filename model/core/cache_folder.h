#pragma once
// Where the program keeps what it can always make again.

#include <filesystem>

namespace gatescope {

// ${XDG_CACHE_HOME:-~/.cache}/gatescope; empty where there is no home.
std::filesystem::path user_cache_folder();

}  // namespace gatescope
