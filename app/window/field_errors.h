#pragma once
// What is wrong with the fields of a form: one line each, by the field's key ("k"). None: all is well.

#include <map>
#include <string>

namespace gatescope {

using FieldErrors = std::map<std::string, std::string>;

}  // namespace gatescope
