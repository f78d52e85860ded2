#pragma once
// Paths typed into forms: what is there, and what is wrong with them.

#include <string>

#include "app/window/field_errors.h"

namespace gatescope {

bool path_exists(const std::string& path);
// Of a file that is to be written.
void check_out_path(const std::string& key, const std::string& path, FieldErrors& errors);

}  // namespace gatescope
