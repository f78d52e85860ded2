#pragma once
// The view's words in the session file: what is shown again at the next start.

#include <map>
#include <string>

#include "app/window/view_state.h"

namespace gatescope {

struct WindowSize {
    int width = 1600, height = 1000;
};

std::map<std::string, std::string> view_to_words(const ViewState& view, const WindowSize& size);
// Words that are missing, unknown or broken leave their default.
void words_to_view(const std::map<std::string, std::string>& words, ViewState& view, WindowSize& size);

// Puts `path` in front of a recent list, which keeps ten.
void remember(std::vector<std::string>& recent, const std::string& path);

}  // namespace gatescope
