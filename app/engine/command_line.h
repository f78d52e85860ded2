#pragma once
// What is shown, as a command line that makes the same. No torch.

#include <string>

#include "app/engine/snapshot.h"

namespace gatescope {

// `word` as a POSIX shell reads it back: bare where that is safe, else in single quotes.
std::string shell_quoted(const std::string& word);

// Does the window read the text of this path as ids (--tokens) instead of as UTF-8?
bool is_token_file(const std::string& path);

// `gatescope capture sample --text sample --window 512 --windows 8 --gate oracle:k=64 --out capture.h5`
std::string capture_command(const Snapshot& shown);

}  // namespace gatescope
