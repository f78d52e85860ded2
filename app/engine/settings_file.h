#pragma once
// What a session takes up again at the next start: session.json in the user's config folder. No torch.

#include <filesystem>
#include <map>
#include <string>

#include "app/engine/snapshot.h"

namespace gatescope {

struct SavedSession {
    Settings settings;
    std::map<std::string, std::string> window;  // the window's own words: recent files, layout, theme
};

struct LoadedSession {
    SavedSession session;  // defaults where the file is missing or broken
    std::string problem;   // one line for the user; empty when all is well or there is no file yet
};

// ${XDG_CONFIG_HOME:-~/.config}/gatescope/session.json; empty where neither is set.
std::filesystem::path session_file();

LoadedSession load_session(const std::filesystem::path& file);
// Written aside and renamed. Throws Failure(kOutput).
void save_session(const SavedSession& session, const std::filesystem::path& file);

}  // namespace gatescope
