#pragma once
// What is shown, as a command line that makes the same. No torch.

#include <string>

#include "app/engine/snapshot.h"

namespace gatescope {

// `word` as a POSIX shell reads it back: bare where that is safe, else in single quotes.
std::string shell_quoted(const std::string& word);

// Does the window read the text of this path as ids (--tokens) instead of as UTF-8?
bool is_token_file(const std::string& path);

// The open text's path. A typed text has none: its name stands in for the file that the user would save it to.
std::string text_of(const Snapshot& shown);

// `gatescope capture sample --text sample --window 512 --windows 8 --gate oracle:k=64 --out capture.h5`
std::string capture_command(const Snapshot& shown);
// The same; of a model that is open by its headers alone `gatescope spectra ...`, where spectra of it are shown.
std::string shown_command(const Snapshot& shown);
// `gatescope perplexity ...` of a gate on what is open.
std::string perplexity_command(const Snapshot& shown, const std::string& gate);
// `gatescope distill ...`: what is left at its default is left out.
std::string distill_command(const Snapshot& shown, const StartDistillation& distillation);

}  // namespace gatescope
