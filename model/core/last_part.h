#pragma once

#include <string>

namespace gatescope {

// How a file or folder is called: "model.gguf" of "/data/model.gguf", "gpt2" of "/data/gpt2/".
std::string last_part(const std::string& path);

}  // namespace gatescope
