#pragma once
// Lists typed into forms. No Dear ImGui.

#include <cstdint>
#include <string>
#include <vector>

#include "app/window/field_errors.h"

namespace gatescope {

std::string trimmed(const std::string& text);
// At any of the characters `at`; parts are trimmed, empty ones left out.
std::vector<std::string> split_typed(const std::string& text, const std::string& at);
// "0, 1,2", each once; what is wrong is said under "seeds". None typed: none.
std::vector<std::int64_t> read_seeds(const std::string& typed, FieldErrors& errors);

}  // namespace gatescope
