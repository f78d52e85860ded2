#include "app/engine/command_line.h"

#include <algorithm>
#include <string_view>

namespace gatescope {
namespace {

bool bare(char c) {
    constexpr std::string_view kSafe = "@%+=:,./-_";
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return letter || kSafe.find(c) != std::string_view::npos;
}

std::string option(const std::string& name, const std::string& value) {
    return " --" + name + " " + shell_quoted(value);
}

// A typed text has no path: its name stands in for the file that the user would save it to.
std::string text_of(const Snapshot& shown) {
    if (!shown.settings.text_path.empty()) return shown.settings.text_path;
    return shown.run && shown.run->text ? shown.run->text->name : "typed.txt";
}

bool has_induction(const Snapshot& shown) {
    return shown.run && shown.run->concentration && !shown.run->concentration->induction_ids.empty();
}

}  // namespace

std::string shell_quoted(const std::string& word) {
    if (!word.empty() && std::all_of(word.begin(), word.end(), bare)) return word;
    std::string out = "'";
    for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

bool is_token_file(const std::string& path) {
    return path.ends_with(".npy");
}

std::string capture_command(const Snapshot& shown) {
    const Settings& settings = shown.settings;
    std::string out = "gatescope capture " + shell_quoted(settings.model_path) +
                      option(is_token_file(settings.text_path) ? "tokens" : "text", text_of(shown));
    out += option("window", std::to_string(settings.window_length));
    out += option("windows", settings.windows == 0 ? "all" : std::to_string(settings.windows));
    if (settings.device != "best") out += option("device", settings.device);
    if (settings.dtype != "float32") out += option("dtype", settings.dtype);
    if (settings.gate_a != "dense") out += option("gate", settings.gate_a);
    if (settings.gate_b != "dense" && settings.gate_b != settings.gate_a) out += option("gate", settings.gate_b);
    if (has_induction(shown)) out += " --induction";
    return out + option("out", "capture.h5");
}

}  // namespace gatescope
