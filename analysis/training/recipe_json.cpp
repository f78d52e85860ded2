// A recipe as a file. Nobody vouches for it: what is said of a value is what stands there, cut to a line.
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "analysis/repeated_keys.h"
#include "analysis/training/recipe_values.h"
#include "analysis/training/train_plan.h"
#include "model/checkpoint/json_text.h"
#include "model/core/closest_match.h"
#include "model/core/error.h"

namespace gatescope {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr const char* kFormat = "gatescope-recipe";
constexpr std::int64_t kVersion = 1;
constexpr std::size_t kMostArms = 64, kMostSeeds = 1000, kLongestName = 80;
constexpr double kLargestSeed = 9007199254740991.0;  // what any JSON reader takes whole

Failure refused(const std::string& what, const std::string& where, const std::string& hint) {
    return {FailureKind::kUsage, what, where, hint};
}

std::string shown(const json& value) {
    return one_line(value.dump(-1, ' ', false, json::error_handler_t::replace), 60);
}

std::vector<std::string> sections() {
    std::vector<std::string> out;
    for (const RecipeField& field : recipe_fields())
        if (out.empty() || out.back() != field.section) out.push_back(field.section);
    return out;
}

const RecipeField* find_field(const std::string& name) {
    for (const RecipeField& field : recipe_fields())
        if (field.name() == name) return &field;
    return nullptr;
}

std::vector<std::string> keys_of(const std::string& section) {
    std::vector<std::string> out;
    for (const RecipeField& field : recipe_fields())
        if (field.section == section) out.push_back(field.spec.key);
    return out;
}

std::string one_entry(const RecipeField& field, const json& value) {
    if (!value.is_string())
        throw refused(shown(value) + " is not allowed", field.name(), "it takes a text in double quotes");
    std::string out = value.get<std::string>();
    if (field.several && out.find('\n') != std::string::npos)
        throw refused("has a line break in it", field.name(), "give several as an array: [\"a\", \"b\"]");
    return out;
}

ParamValue several_of(const RecipeField& field, const json& value) {
    std::vector<std::string> lines;
    if (value.is_array())
        for (const json& entry : value) {
            lines.push_back(one_entry(field, entry));
            if (lines.back().empty()) throw refused("has an empty entry", field.name(), "leave it out");
        }
    else
        lines.push_back(one_entry(field, value));
    return joined_lines(lines);
}

ParamValue number_of(const RecipeField& field, const json& value) {
    std::string text = shown(value);
    const bool whole = field.spec.kind == ParamKind::kInteger;
    if (whole && value.is_number_float())  // 1e6 is a whole number, too
        if (const double real = value.get<double>(); real == std::floor(real) && std::abs(real) <= kLargestSeed)
            text = std::to_string(static_cast<std::int64_t>(real));
    if (!whole && value.is_number()) return parse_value(field.spec, print_value(value.get<double>()), field.name());
    return parse_value(field.spec, text, field.name());
}

ParamValue value_of(const RecipeField& field, const json& value) {
    if (field.several) return several_of(field, value);
    switch (field.spec.kind) {
        case ParamKind::kInteger:
        case ParamKind::kReal:
            return number_of(field, value);
        case ParamKind::kFlag:
            if (!value.is_boolean()) throw refused(shown(value) + " is not allowed", field.name(), "true or false");
            return value.get<bool>();
        case ParamKind::kFile:
        case ParamKind::kText:
            return one_entry(field, value);
    }
    throw refused("is of no kind", field.name(), "it is a bug");
}

void require_object(const json& value, const std::string& where) {
    if (!value.is_object()) throw refused(shown(value) + " is not allowed", where, "it takes an object: {...}");
}

void read_section(const json& object, const std::string& section, ParamValues& into) {
    require_object(object, section);
    for (const auto& [key, value] : object.items()) {
        const RecipeField* field = find_field(section + "." + key);
        if (field == nullptr)
            throw refused("is no field of a recipe", section + "." + one_line(key, 60),
                          suggestion(key, keys_of(section)));
        ParamValue read = value_of(*field, value);
        check_field(*field, read);
        into[field->name()] = std::move(read);
    }
}

std::string short_text(const json& value, const std::string& where, std::size_t longest) {
    if (!value.is_string()) throw refused(shown(value) + " is not allowed", where, "it takes a text in double quotes");
    std::string out = value.get<std::string>();
    if (out.size() > longest)
        throw refused("is " + std::to_string(out.size()) + " bytes long", where,
                      "at most " + std::to_string(longest) + " are allowed");
    return out;
}

RecipeArm read_arm(const json& object, const std::string& where) {
    require_object(object, where);
    RecipeArm arm;
    const std::vector<std::string> known = sections();
    for (const auto& [key, value] : object.items()) {
        if (key == "name") {
            arm.name = short_text(value, where + ".name", kLongestName);
        } else if (std::find(known.begin(), known.end(), key) != known.end()) {
            try {
                read_section(value, key, arm.changes);
            } catch (const Failure& failure) {
                throw failure.at(where);
            }
        } else {
            std::vector<std::string> all = known;
            all.insert(all.begin(), "name");
            throw refused("is no part of an arm", where + "." + one_line(key, 60), suggestion(key, all));
        }
    }
    return arm;
}

std::vector<RecipeArm> read_arms(const json& list) {
    if (!list.is_array() || list.size() > kMostArms)
        throw refused(
            list.is_array() ? "has " + std::to_string(list.size()) + " arms" : shown(list) + " is not allowed", "arms",
            "it takes an array of at most " + std::to_string(kMostArms) + " objects");
    std::vector<RecipeArm> out;
    for (const json& arm : list) out.push_back(read_arm(arm, "arms[" + std::to_string(out.size()) + "]"));
    return out;
}

std::vector<std::int64_t> read_seeds(const json& list) {
    const std::string allowed = "it takes an array of 1 to " + std::to_string(kMostSeeds) + " whole numbers: [0, 1, 2]";
    if (!list.is_array() || list.empty() || list.size() > kMostSeeds)
        throw refused(
            list.is_array() ? "has " + std::to_string(list.size()) + " seeds" : shown(list) + " is not allowed",
            "seeds", allowed);
    std::vector<std::int64_t> out;
    for (const json& seed : list) {
        if (!seed.is_number_integer() || seed.get<double>() < 0 || seed.get<double>() > kLargestSeed)
            throw refused(shown(seed) + " is not allowed", "seeds", allowed + " from 0 on");
        out.push_back(seed.get<std::int64_t>());
    }
    return out;
}

void check_heading(const json& file) {
    if (!file.is_object()) throw Failure(FailureKind::kBadFile, "is not a JSON object", {}, "a recipe is one: {...}");
    const json format = file.value("format", json());
    if (format != kFormat)
        throw Failure(FailureKind::kBadFile, format.is_null() ? "has no format" : "is " + shown(format), "format",
                      std::string("a recipe says \"format\": \"") + kFormat + "\"");
    const json version = file.value("version", json());
    if (version != kVersion)
        throw Failure(FailureKind::kUnsupported, version.is_null() ? "is missing" : "is " + shown(version), "version",
                      "this program reads version " + std::to_string(kVersion));
}

Recipe read_file(const std::string& text) {
    const json file = parse_json(text);
    refuse_repeated_keys(text);
    check_heading(file);
    Recipe out = default_recipe();
    std::vector<std::string> known = sections();
    for (const auto& [key, value] : file.items()) {
        if (key == "format" || key == "version" || key == "$schema") continue;
        if (key == "name")
            out.name = short_text(value, key, kLongestName);
        else if (key == "notes")
            out.notes = short_text(value, key, 100000);
        else if (key == "arms")
            out.arms = read_arms(value);
        else if (key == "seeds")
            out.seeds = read_seeds(value);
        else if (std::find(known.begin(), known.end(), key) != known.end())
            read_section(value, key, out.values);
        else {
            known.insert(known.begin(), {"name", "notes"});
            known.insert(known.end(), {"arms", "seeds"});
            throw refused("is no part of a recipe", one_line(key, 60), suggestion(key, known));
        }
    }
    return out;
}

ordered_json printed_value(const RecipeField& field, const ParamValue& value) {
    if (field.several) {
        const std::vector<std::string> lines = lines_of(std::get<std::string>(value));
        return lines.size() == 1 && field.choices.empty() ? ordered_json(lines[0]) : ordered_json(lines);
    }
    return std::visit([](const auto& held) { return ordered_json(held); }, value);
}

void print_values(const ParamValues& values, ordered_json& into) {
    for (const RecipeField& field : recipe_fields())
        if (const auto found = values.find(field.name()); found != values.end())
            into[field.section][field.spec.key] = printed_value(field, found->second);
}

}  // namespace

Recipe default_recipe() {
    Recipe out;
    out.name = "recipe";
    for (const RecipeField& field : recipe_fields()) out.values[field.name()] = field.spec.initial;
    out.seeds = {0};
    return out;
}

Recipe parse_recipe(const std::string& text, const std::string& where) {
    try {
        Recipe out = read_file(text);
        (void)train_plans(out);
        return out;
    } catch (const Failure& failure) {
        throw failure.at(where);
    }
}

std::string print_recipe(const Recipe& recipe) {
    ordered_json out = {{"format", kFormat}, {"version", kVersion}, {"name", recipe.name}, {"notes", recipe.notes}};
    print_values(recipe.values, out);
    if (!recipe.arms.empty()) out["arms"] = ordered_json::array();
    for (const RecipeArm& arm : recipe.arms) {
        ordered_json printed = {{"name", arm.name}};
        print_values(arm.changes, printed);
        out["arms"].push_back(printed);
    }
    out["seeds"] = recipe.seeds;
    return out.dump(2) + "\n";
}

}  // namespace gatescope
