// A setting as a file: experiment.json, and what captures keep. Nobody vouches for it.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "analysis/experiments/experiment_course.h"
#include "analysis/repeated_keys.h"
#include "model/checkpoint/json_text.h"
#include "model/core/closest_match.h"
#include "model/core/error.h"

namespace gatescope {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr const char* kFormat = "gatescope-experiment";
constexpr std::int64_t kVersion = 1;
constexpr std::size_t kMostEntries = 1000, kLongestWord = 80, kLongestText = 16384;

Failure refused(const std::string& what, const std::string& where, const std::string& hint) {
    return {FailureKind::kUsage, what, where, hint};
}

std::string shown(const json& value) {
    return one_line(value.dump(-1, ' ', false, json::error_handler_t::replace), 60);
}

std::string text_of(const json& value, const std::string& where, std::size_t longest) {
    if (!value.is_string()) throw refused(shown(value) + " is not allowed", where, "it takes a text in double quotes");
    std::string out = value.get<std::string>();
    if (out.size() > longest)
        throw refused("is " + std::to_string(out.size()) + " bytes long", where,
                      "at most " + std::to_string(longest) + " are allowed");
    if (out.find('\0') != std::string::npos) throw refused("holds a byte of zero", where, "no text or path has one");
    return out;
}

std::int64_t whole_of(const json& value, const std::string& where) {
    if (!value.is_number_integer() || (value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX))
        throw refused(shown(value) + " is not allowed", where, "it takes a whole number");
    return value.get<std::int64_t>();
}

const json& array_of(const json& value, const std::string& where) {
    if (!value.is_array()) throw refused(shown(value) + " is not allowed", where, "it takes an array: [...]");
    if (value.size() > kMostEntries)
        throw refused("has " + std::to_string(value.size()) + " entries", where,
                      "at most " + std::to_string(kMostEntries) + " are allowed");
    return value;
}

ParamValues values_of(const json& object) {
    if (!object.is_object()) throw refused(shown(object) + " is not allowed", "values", "it takes an object: {...}");
    ParamValues out;
    for (const auto& [key, value] : object.items()) {
        const ParamSpec& spec = experiment_param(key);
        const std::string where = "values." + key;
        if (spec.kind == ParamKind::kText)
            out[key] = text_of(value, where, kLongestText);
        else
            out[key] = parse_value(spec, std::to_string(whole_of(value, where)), where);
    }
    return out;
}

void read_entry(const std::string& key, const json& value, ExperimentSetting& into) {
    const std::vector<std::string> known = {"experiment", "scale", "model", "seeds", "values", "changes"};
    if (key == "experiment" || key == "scale")
        (key == "scale" ? into.scale : into.experiment) = text_of(value, key, kLongestWord);
    else if (key == "model")
        into.model = text_of(value, key, kLongestText);
    else if (key == "seeds")
        for (const json& seed : array_of(value, key)) into.seeds.push_back(whole_of(seed, key));
    else if (key == "values")
        into.values = values_of(value);
    else if (key == "changes")
        for (const json& change : array_of(value, key)) into.changes.push_back(text_of(change, key, kLongestText));
    else
        throw refused("is no part of an experiment's setting", one_line(key, 60), suggestion(key, known));
}

ExperimentSetting read_setting(const std::string& text) {
    const json file = parse_json(text);
    if (!file.is_object() || !file.contains("format") || file["format"] != kFormat)
        throw Failure(FailureKind::kBadFile, "is no setting of an experiment", {},
                      std::string("one has \"format\": \"") + kFormat + "\"");
    refuse_repeated_keys(text);
    if (!file.contains("version") || file["version"] != kVersion)
        throw Failure(FailureKind::kUnsupported, "is of another version than " + std::to_string(kVersion), "version",
                      "take the program that wrote it");
    if (!file.contains("experiment")) throw refused("is missing", "experiment", "name one");
    ExperimentSetting out;
    for (const auto& [key, value] : file.items())
        if (key != "format" && key != "version") read_entry(key, value, out);
    return out;
}

}  // namespace

std::string print_setting(const ExperimentSetting& setting) {
    ordered_json out = {{"format", kFormat},
                        {"version", kVersion},
                        {"experiment", setting.experiment},
                        {"scale", setting.scale},
                        {"model", setting.model},
                        {"seeds", setting.seeds},
                        {"values", ordered_json::object()},
                        {"changes", setting.changes}};
    for (const auto& [key, value] : setting.values)
        out["values"][key] = std::visit([](const auto& held) { return ordered_json(held); }, value);
    return out.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

ExperimentSetting parse_setting(const std::string& text, const std::string& where) {
    try {
        return read_setting(text);
    } catch (const Failure& failure) {
        throw failure.at(where);
    }
}

}  // namespace gatescope
