#include "app/engine/settings_file.h"

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <system_error>

#include "model/core/error.h"

namespace gatescope {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::uintmax_t kLongestFile = 4 << 20;  // ours are a few KiB; more is not ours
constexpr std::size_t kLongestText = 4096;
constexpr std::int64_t kMostTokens = 1 << 24;

Failure broken(const std::string& key) {
    return {FailureKind::kBadFile, "\"" + key + "\" is not what it should be"};
}

void read_text(const json& from, const std::string& key, std::string& out) {
    if (!from.contains(key)) return;
    if (!from[key].is_string() || from[key].get_ref<const std::string&>().size() > kLongestText) throw broken(key);
    out = from[key].get<std::string>();
}

void read_count(const json& from, const std::string& key, std::int64_t least, std::int64_t& out) {
    if (!from.contains(key)) return;
    if (!from[key].is_number_integer()) throw broken(key);
    const auto value = from[key].get<std::int64_t>();
    if (value < least || value > kMostTokens) throw broken(key);
    out = value;
}

SavedSession from_json(const json& root) {
    if (!root.is_object()) throw broken("session");
    SavedSession out;
    Settings& settings = out.settings;
    read_text(root, "model", settings.model_path);
    read_text(root, "text", settings.text_path);
    read_text(root, "device", settings.device);
    read_text(root, "dtype", settings.dtype);
    read_text(root, "gate_a", settings.gate_a);
    read_text(root, "gate_b", settings.gate_b);
    read_count(root, "window_length", 2, settings.window_length);
    read_count(root, "windows", 0, settings.windows);
    if (root.contains("window")) {
        if (!root["window"].is_object()) throw broken("window");
        for (const auto& [key, value] : root["window"].items()) {
            if (!value.is_string()) throw broken(key);
            out.window[key] = value.get<std::string>();
        }
    }
    return out;
}

json to_json(const SavedSession& session) {
    const Settings& settings = session.settings;
    return {{"model", settings.model_path}, {"text", settings.text_path}, {"window_length", settings.window_length},
            {"windows", settings.windows},  {"device", settings.device},  {"dtype", settings.dtype},
            {"gate_a", settings.gate_a},    {"gate_b", settings.gate_b},  {"window", session.window}};
}

std::string read_file(const fs::path& file) {
    if (!fs::is_regular_file(file)) throw Failure(FailureKind::kBadFile, "is not a file");
    if (fs::file_size(file) > kLongestFile) throw Failure(FailureKind::kBadFile, "is too large to be a session");
    std::ifstream in(file, std::ios::binary);
    if (!in) throw Failure(FailureKind::kBadFile, "can't be read");
    return {std::istreambuf_iterator<char>(in), {}};
}

LoadedSession defaults(const fs::path& file, const std::string& why) {
    return {{}, one_line("Started afresh: " + file.string() + " " + why)};
}

}  // namespace

fs::path session_file() {
    // A relative XDG path is to be ignored, says its specification.
    if (const char* config = std::getenv("XDG_CONFIG_HOME"); config && *config == '/')
        return fs::path(config) / "gatescope" / "session.json";
    if (const char* home = std::getenv("HOME"); home && *home)
        return fs::path(home) / ".config" / "gatescope" / "session.json";
    return {};
}

LoadedSession load_session(const fs::path& file) {
    std::error_code ignored;
    if (file.empty() || !fs::exists(file, ignored)) return {};
    try {
        return {from_json(json::parse(read_file(file))), {}};
    } catch (const json::exception&) {
        return defaults(file, "is no JSON");
    } catch (const std::exception& exception) {
        return defaults(file, exception.what());
    }
}

void save_session(const SavedSession& session, const fs::path& file) {
    const auto refuse = [&](const std::string& why) {
        return Failure(FailureKind::kOutput, "the session can't be saved: " + why, file.string());
    };
    if (file.empty()) throw refuse("neither XDG_CONFIG_HOME nor HOME is set");
    std::error_code error;
    fs::create_directories(file.parent_path(), error);
    if (error) throw refuse(error.message());
    const fs::path partial = file.string() + ".partial";
    {
        std::ofstream out(partial, std::ios::binary | std::ios::trunc);
        out << to_json(session).dump(2, ' ', false, json::error_handler_t::replace) << '\n';
        if (!out.flush()) throw refuse("writing " + partial.string() + " failed");
    }
    fs::rename(partial, file, error);
    if (error) throw refuse(error.message());
}

}  // namespace gatescope
