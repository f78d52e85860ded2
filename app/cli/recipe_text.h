#pragma once
// A model's recipe in words: what `info` says of it.

#include <string>
#include <utility>
#include <vector>

#include "model/config.h"

namespace gatescope {

// Name and text of each fact, in the order of a forward pass.
std::vector<std::pair<std::string, std::string>> recipe_rows(const ModelConfig& config);

}  // namespace gatescope
