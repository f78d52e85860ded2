#include "app/window/view_settings.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "app/window/layouts.h"

namespace gatescope {

namespace {

using Words = std::map<std::string, std::string>;

std::string joined(const std::vector<std::string>& lines) {
    std::string out;
    for (const std::string& line : lines) out += line + "\n";
    return out;
}

std::vector<std::string> split_lines(const std::string& text) {
    std::vector<std::string> out;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        if (!line.empty()) out.push_back(line);
    return out;
}

const std::string* find(const Words& words, const std::string& key) {
    const auto found = words.find(key);
    return found == words.end() || found->second.empty() ? nullptr : &found->second;
}

template <typename Integer>
void read_integer(const Words& words, const std::string& key, Integer least, Integer most, Integer& out) {
    const std::string* text = find(words, key);
    if (text == nullptr) return;
    char* end = nullptr;
    const long long value = std::strtoll(text->c_str(), &end, 10);
    if (*end != '\0' || value < static_cast<long long>(least) || value > static_cast<long long>(most)) return;
    out = static_cast<Integer>(value);
}

void read_flag(const Words& words, const std::string& key, bool& out) {
    if (const std::string* text = find(words, key)) out = *text == "yes";
}

void read_slot(const Words& words, const std::string& key, int& out) {
    if (const std::string* text = find(words, key)) out = *text == "B" ? 1 : 0;
}

void read_text(const Words& words, const std::string& key, std::string& out) {
    if (const std::string* text = find(words, key)) out = *text;
}

std::string yes(bool value) {
    return value ? "yes" : "no";
}

}  // namespace

std::map<std::string, std::string> view_to_words(const ViewState& view, const WindowSize& size) {
    Words words{{"layout", layout_info(view.layout).name},
                {"theme", view.theme == ThemeKind::kDark ? "dark" : "light"},
                {"layer", std::to_string(view.selected.layer)},
                {"head", std::to_string(view.selected.head)},
                {"text window", std::to_string(view.window)},
                {"metric", view.metric},
                {"k", std::to_string(view.k)},
                {"colours", view.colours},
                {"logarithmic", yes(view.logarithmic)},
                {"marks", yes(view.show_marks)},
                {"kept by both", yes(view.show_both)},
                {"kept by A alone", yes(view.show_only_a)},
                {"kept by B alone", yes(view.show_only_b)},
                {"missed", yes(view.show_missed)},
                {"agreement of", view.metric_slot == 0 ? "A" : "B"},
                {"tokens changed by", view.loss_slot == 0 ? "A" : "B"},
                {"tokens of all windows", yes(view.loss_all_windows)},
                {"tried by sparsity", yes(view.tried_by_sparsity)},
                {"tint", std::to_string(static_cast<int>(view.tint))},
                {"gate A when on", view.last_gate[0]},
                {"gate B when on", view.last_gate[1]},
                {"training text", view.lab.distill.text},
                {"held-out text", view.lab.distill.held_out},
                {"swept gates", joined(view.lab.sweep.gates)},
                {"swept k", view.lab.sweep.k},
                {"sensitivity gate", view.lab.sensitivity.gate},
                {"recent models", joined(view.recent_models)},
                {"recent texts", joined(view.recent_texts)},
                {"recent captures", joined(view.recent_captures)},
                {"width", std::to_string(size.width)},
                {"height", std::to_string(size.height)}};
    for (const auto& [split, share] : view.shares) words["share " + split] = std::to_string(share);
    return words;
}

void words_to_view(const std::map<std::string, std::string>& words, ViewState& view, WindowSize& size) {
    if (const std::string* name = find(words, "layout"))
        for (const LayoutInfo& info : layouts())
            if (info.name == *name) view.layout = info.id;
    if (const std::string* theme = find(words, "theme"))
        view.theme = *theme == "light" ? ThemeKind::kLight : ThemeKind::kDark;
    read_integer<std::int64_t>(words, "layer", 0, 1'000'000, view.selected.layer);
    read_integer<std::int64_t>(words, "head", 0, 1'000'000, view.selected.head);
    read_integer<std::int64_t>(words, "text window", 0, 1'000'000'000, view.window);
    read_integer<std::int32_t>(words, "k", 1, 1'000'000'000, view.k);
    read_text(words, "metric", view.metric);
    read_text(words, "colours", view.colours);
    read_flag(words, "logarithmic", view.logarithmic);
    read_flag(words, "marks", view.show_marks);
    read_flag(words, "kept by both", view.show_both);
    read_flag(words, "kept by A alone", view.show_only_a);
    read_flag(words, "kept by B alone", view.show_only_b);
    read_flag(words, "missed", view.show_missed);
    read_slot(words, "agreement of", view.metric_slot);
    read_slot(words, "tokens changed by", view.loss_slot);
    read_flag(words, "tokens of all windows", view.loss_all_windows);
    read_flag(words, "tried by sparsity", view.tried_by_sparsity);
    int tint = static_cast<int>(view.tint);
    read_integer<int>(words, "tint", 0, static_cast<int>(TokenTint::kGateB), tint);
    view.tint = static_cast<TokenTint>(tint);
    read_text(words, "training text", view.lab.distill.text);
    read_text(words, "held-out text", view.lab.distill.held_out);
    if (const std::string* gates = find(words, "swept gates")) view.lab.sweep.gates = split_lines(*gates);
    read_text(words, "swept k", view.lab.sweep.k);
    read_text(words, "sensitivity gate", view.lab.sensitivity.gate);
    read_text(words, "gate A when on", view.last_gate[0]);
    read_text(words, "gate B when on", view.last_gate[1]);
    for (const auto& [key, recent] :
         {std::pair{"recent models", &view.recent_models}, std::pair{"recent texts", &view.recent_texts},
          std::pair{"recent captures", &view.recent_captures}})
        if (const std::string* lines = find(words, key)) {
            *recent = split_lines(*lines);
            // Whoever wrote a relative one meant a folder that nobody knows any more.
            std::erase_if(*recent, [](const std::string& path) { return !path.starts_with('/'); });
        }
    read_integer<int>(words, "width", 640, 16384, size.width);
    read_integer<int>(words, "height", 400, 16384, size.height);
    for (const auto& [key, value] : words)
        if (key.starts_with("share "))
            view.shares[key.substr(6)] = std::clamp(std::strtof(value.c_str(), nullptr), 0.1F, 0.9F);
}

void remember(std::vector<std::string>& recent, const std::string& path) {
    if (path.empty() || path == "sample") return;
    std::error_code error;
    const std::filesystem::path absolute = std::filesystem::absolute(path, error);
    const std::string whole = error ? path : absolute.lexically_normal().string();
    std::erase(recent, whole);
    recent.insert(recent.begin(), whole);
    if (recent.size() > 10) recent.resize(10);
}

}  // namespace gatescope
