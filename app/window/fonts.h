#pragma once
// Fonts by their file names, found where the system keeps fonts: Inter for text, JetBrains Mono for tokens and numbers,
// Noto behind both for what they lack.

#include <string>
#include <vector>

struct ImFont;

namespace gatescope {

struct Fonts {
    ImFont* text = nullptr;
    ImFont* strong = nullptr;
    ImFont* mono = nullptr;
};

// Adds the fonts to the current Dear ImGui context. What is missing is replaced by the next best and named, one line
// each with what to install, in `missing`.
Fonts load_fonts(std::vector<std::string>& missing);

}  // namespace gatescope
