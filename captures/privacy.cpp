#include "captures/privacy.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

namespace gatescope {
namespace {

constexpr std::string_view kDelimiters = " \t\n\r\"'=:,()[]{}<>|;";

// Words of a shell command line, quotes and all.
std::vector<std::string> shell_words(const std::string& command) {
    std::vector<std::string> words;
    std::string word;
    char quote = 0;
    for (const char c : command) {
        if (quote == 0 && c == ' ') {
            if (!word.empty()) words.push_back(word);
            word.clear();
            continue;
        }
        if (quote == 0 && (c == '"' || c == '\''))
            quote = c;
        else if (c == quote)
            quote = 0;
        word.push_back(c);
    }
    if (!word.empty()) words.push_back(word);
    return words;
}

// A word's path cut to its last part, its quotes kept.
std::string last_part(std::string word) {
    std::string quote;
    if (word.size() >= 2 && (word[0] == '"' || word[0] == '\'') && word.back() == word[0]) {
        quote = word.substr(0, 1);
        word = word.substr(1, word.size() - 2);
    }
    while (word.size() > 1 && word.back() == '/') word.pop_back();
    const std::size_t slash = word.rfind('/');
    return quote + (slash == std::string::npos ? word : word.substr(slash + 1)) + quote;
}

std::string cut_gate(const std::string& word) {
    return gate_with_files(word, [](const std::string& path) {
        const std::size_t slash = path.rfind('/');
        return slash == std::string::npos ? path : path.substr(slash + 1);
    });
}

// FIELD=VALUE of a recipe, quotes and all: the field stays, of every path in the value its last part.
std::string cut_field(const std::string& word) {
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos) return last_part(word);
    if (word.find("gate.gate=") < equals) return cut_gate(word);
    std::string out = word.substr(0, equals + 1);
    for (std::size_t at = equals + 1; at < word.size();) {
        const std::size_t end = std::min(word.find(',', at), word.size());
        out += last_part(word.substr(at, end - at));
        if (end < word.size()) out += ',';
        at = end + 1;
    }
    return out;
}

// Where a path that starts at `begin` ends, or `begin` when none does: absolute, ~user/ or file://, two slashes at
// least ("[/INST]" is none).
std::size_t path_end(const std::string& text, std::size_t begin) {
    std::size_t start = begin;
    if (text.compare(begin, 7, "file://") == 0)
        start = begin + 7;
    else if (text[begin] != '/' && text[begin] != '~')
        return begin;
    else if (text.compare(begin, 2, "//") == 0)
        return begin;
    const std::size_t end = std::min(text.find_first_of(kDelimiters, start), text.size());
    const auto slashes = std::count(text.begin() + static_cast<std::ptrdiff_t>(begin),
                                    text.begin() + static_cast<std::ptrdiff_t>(end), '/');
    return slashes >= (text[begin] == '~' ? 1 : 2) ? end : begin;
}

}  // namespace

std::string gate_with_files(const std::string& gate, const std::function<std::string(const std::string&)>& rename) {
    std::string out;
    std::size_t done = 0;
    for (std::size_t at = gate.find("file="); at != std::string::npos; at = gate.find("file=", done)) {
        std::size_t begin = at + 5;
        const bool quoted = begin < gate.size() && gate[begin] == '"';
        begin += quoted ? 1 : 0;
        const std::size_t end =
            std::min(quoted ? gate.find('"', begin) : gate.find_first_of(",@+", begin), gate.size());
        out += gate.substr(done, begin - done) + rename(gate.substr(begin, end - begin));
        done = end;
    }
    return out + gate.substr(done);
}

std::string change_without_folders(const std::string& change) {
    return cut_field(change);
}

std::string command_without_folders(const std::string& command) {
    std::string out;
    bool gate = false, set = false;
    for (const std::string& word : shell_words(command)) {
        const bool is_option = word.starts_with("--");
        const std::size_t value = is_option ? word.find('=') : std::string::npos;
        std::string cut = word;
        if (gate || word.starts_with("--gate="))
            cut = cut_gate(word);
        else if (set)
            cut = cut_field(word);
        else if (!is_option || value != std::string::npos)
            cut = is_option ? word.substr(0, value + 1) + last_part(word.substr(value + 1)) : last_part(word);
        if (!out.empty()) out += " ";
        out += cut;
        gate = word == "--gate";
        set = word == "--set";
    }
    return out;
}

std::string text_without_folders(const std::string& text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const bool starts = at == 0 || kDelimiters.find(text[at - 1]) != std::string_view::npos;
        const std::size_t end = starts ? path_end(text, at) : at;
        if (end == at) {
            out += text[at++];
            continue;
        }
        std::size_t last = end;
        while (last > at + 1 && text[last - 1] == '/') --last;
        const std::size_t slash = text.rfind('/', last - 1);
        out += text.substr(slash + 1, last - slash - 1);
        at = end;
    }
    return out;
}

namespace {

// Keys of a recipe whose value is a path, relative ones too.
constexpr std::string_view kPathKeys[] = {"text", "held_out", "out",        "capture",
                                          "file", "model",    "checkpoint", "tokenizer"};

std::string cut_value(std::string_view key, const std::string& value) {
    if (std::ranges::find(kPathKeys, key) != std::end(kPathKeys)) return last_part(value);
    return cut_gate(text_without_folders(value));
}

constexpr int kDeepest = 8;  // arms, sections, lists of texts

// What stands in `value`, which `key` names; true where it was changed.
bool cut(std::string_view key, nlohmann::ordered_json& value, int depth) {
    if (value.is_string()) {
        const auto before = value.get<std::string>();
        std::string after = cut_value(key, before);
        const bool changed = after != before;
        value = std::move(after);
        return changed;
    }
    bool changed = false;
    if (depth == kDeepest || !value.is_structured()) return false;
    for (auto& [name, member] : value.items()) changed |= cut(value.is_object() ? name : key, member, depth + 1);
    return changed;
}

}  // namespace

std::string recipe_without_folders(const std::string& recipe) {
    auto document = nlohmann::ordered_json::parse(recipe, nullptr, false);
    if (!document.is_object()) return text_without_folders(recipe);
    return text_without_folders(cut("", document, 0) ? document.dump() : recipe);
}

}  // namespace gatescope
