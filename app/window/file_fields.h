#pragma once
// Paths typed into forms: what is there, and what is wrong with them.

#include <functional>
#include <string>

#include "app/window/field_errors.h"

namespace gatescope {

bool path_exists(const std::string& path);
// Of a file that is to be written.
void check_out_path(const std::string& key, const std::string& path, FieldErrors& errors);

// A folder that something new is to go into.
struct FolderField {
    std::string typed;      // empty: the suggested one, with a number behind it where that is taken
    std::string suggested;  // a whole path
    bool overwrite = false;
    std::function<bool(const std::string& folder)> in_use;  // by work that is not over
    std::string in_use_words;                               // what is said then
};
struct WantedFolder {
    std::string path;              // whole
    bool holds_something = false;  // and may be overwritten
};
// What is wrong is said under "folder".
WantedFolder check_folder(const FolderField& field, FieldErrors& errors);

}  // namespace gatescope
