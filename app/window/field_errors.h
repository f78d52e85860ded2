#pragma once
// What is wrong with the fields of a form: one line each, by the field's key ("k"). None: all is well.

#include <map>
#include <string>

#include "model/core/error.h"

namespace gatescope {

using FieldErrors = std::map<std::string, std::string>;

// What is wrong, where the name of the field `key` stands above it: what is allowed comes first.
std::string fault_words(const Failure& failure, const std::string& key);

}  // namespace gatescope
