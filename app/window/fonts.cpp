#include "app/window/fonts.h"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <map>

#include "imgui.h"
#include "misc/freetype/imgui_freetype.h"

namespace gatescope {

namespace {

using FontFiles = std::map<std::string, std::string>;  // file name -> path

// Merged behind every font, in this order, where installed.
constexpr std::array kFallbacks = {
    "NotoSans-Regular.ttf",        "NotoSansCJK-Regular.ttc",        "NotoSansMath-Regular.ttf",
    "NotoSansSymbols-Regular.ttf", "NotoSansSymbols2-Regular.ttf",   "NotoSansArabic-Regular.ttf",
    "NotoSansHebrew-Regular.ttf",  "NotoSansDevanagari-Regular.ttf", "NotoSansThai-Regular.ttf",
    "NotoSansBengali-Regular.ttf", "NotoSansTamil-Regular.ttf",      "NotoColorEmoji.ttf"};

std::vector<std::filesystem::path> font_folders() {
    std::vector<std::filesystem::path> folders{"/usr/share/fonts", "/usr/local/share/fonts"};
    if (const char* data = std::getenv("XDG_DATA_HOME")) folders.emplace_back(std::filesystem::path(data) / "fonts");
    if (const char* home = std::getenv("HOME")) {
        folders.emplace_back(std::filesystem::path(home) / ".local/share/fonts");
        folders.emplace_back(std::filesystem::path(home) / ".fonts");
    }
    return folders;
}

FontFiles find_fonts() {
    FontFiles found;
    for (const auto& folder : font_folders()) {
        std::error_code ignored;
        using Walk = std::filesystem::recursive_directory_iterator;
        const auto options = std::filesystem::directory_options::skip_permission_denied;
        for (auto entry = Walk(folder, options, ignored); entry != Walk(); entry.increment(ignored))
            found.emplace(entry->path().filename().string(), entry->path().string());
    }
    return found;
}

void merge_fallbacks(const FontFiles& files) {
    for (const char* name : kFallbacks) {
        const auto file = files.find(name);
        if (file == files.end()) continue;
        ImFontConfig config;
        config.MergeMode = true;
        if (std::string(name) == "NotoColorEmoji.ttf") config.FontLoaderFlags |= ImGuiFreeTypeLoaderFlags_LoadColor;
        ImGui::GetIO().Fonts->AddFontFromFileTTF(file->second.c_str(), 0.0F, &config);
    }
}

// The first of `names` that is installed, the built-in font where none is.
ImFont* load_font(const FontFiles& files, const std::vector<std::string>& names, const std::string& complaint,
                  std::vector<std::string>& missing) {
    ImFontAtlas* atlas = ImGui::GetIO().Fonts;
    for (std::size_t choice = 0; choice < names.size(); ++choice) {
        const auto file = files.find(names[choice]);
        if (file == files.end()) continue;
        if (choice > 0) missing.push_back(complaint);
        ImFont* font = atlas->AddFontFromFileTTF(file->second.c_str());
        merge_fallbacks(files);
        return font;
    }
    missing.push_back(complaint);
    return atlas->AddFontDefaultVector();
}

}  // namespace

Fonts load_fonts(std::vector<std::string>& missing) {
    const FontFiles files = find_fonts();
    Fonts fonts;
    const std::string no_inter = "the font Inter is not installed; the window uses another (package fonts-inter)";
    const std::string no_mono =
        "the font JetBrains Mono is not installed; the window uses another "
        "(package fonts-jetbrains-mono)";
    std::vector<std::string> once;  // Inter's absence is said once, not for each weight
    fonts.text =
        load_font(files, {"Inter-Regular.otf", "Inter-Regular.ttf", "NotoSans-Regular.ttf"}, no_inter, missing);
    fonts.strong = load_font(files, {"Inter-SemiBold.otf", "Inter-SemiBold.ttf", "NotoSans-Bold.ttf"}, no_inter, once);
    fonts.mono = load_font(files, {"JetBrainsMono-Regular.ttf", "NotoSansMono-Regular.ttf"}, no_mono, missing);
    return fonts;
}

}  // namespace gatescope
