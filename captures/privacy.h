#pragma once
// Nothing of the user's machine goes into a capture: every path is cut to its last part.

#include <functional>
#include <string>

namespace gatescope {

// A command line with the folders of every argument cut off; gates keep their '/' (layers/heads).
std::string command_without_folders(const std::string& command);

// Text (a JSON document, an attribute) in which absolute paths, ~/..., and file:// addresses are cut to their last
// part.
std::string text_without_folders(const std::string& text);

// FIELD=VALUE of a recipe: the field stays, of every path in the value the last part.
std::string change_without_folders(const std::string& change);

// A gate's syntax with another path in place of each that follows file=.
std::string gate_with_files(const std::string& gate, const std::function<std::string(const std::string&)>& rename);

// A recipe (JSON): the same, and relative paths in it too, also those of a gate's files.
std::string recipe_without_folders(const std::string& recipe);

}  // namespace gatescope
