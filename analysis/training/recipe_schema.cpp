// JSON Schema (draft 2020-12) of recipe files: what an editor completes and checks while one is written.
#include <nlohmann/json.hpp>

#include "analysis/training/recipe_values.h"

namespace gatescope {
namespace {

using nlohmann::ordered_json;

void add_range(const ParamSpec& spec, ordered_json& into) {
    into["minimum"] = spec.kind == ParamKind::kInteger ? ordered_json(static_cast<std::int64_t>(spec.least))
                                                       : ordered_json(spec.least);
    into["maximum"] =
        spec.kind == ParamKind::kInteger ? ordered_json(static_cast<std::int64_t>(spec.most)) : ordered_json(spec.most);
}

ordered_json text_schema(const RecipeField& field) {
    ordered_json out = {{"type", "string"}};
    if (!field.choices.empty()) out["enum"] = field.choices;
    if (field.spec.kind == ParamKind::kFile || field.several) out["minLength"] = 1;
    return out;
}

ordered_json several_schema(const RecipeField& field) {
    ordered_json list = {{"type", "array"}, {"items", text_schema(field)}, {"uniqueItems", true}};
    if (field.spec.kind == ParamKind::kFile) list["minItems"] = 1;
    return {{"anyOf", {text_schema(field), list}}};
}

ordered_json default_of(const RecipeField& field) {
    if (field.several) {
        const std::vector<std::string> lines = lines_of(std::get<std::string>(field.spec.initial));
        return lines.size() == 1 ? ordered_json(lines[0]) : ordered_json(lines);
    }
    return std::visit([](const auto& value) { return ordered_json(value); }, field.spec.initial);
}

ordered_json value_schema(const RecipeField& field) {
    ordered_json out;
    if (field.several)
        out = several_schema(field);
    else if (field.spec.kind == ParamKind::kInteger)
        out = {{"type", "integer"}};
    else if (field.spec.kind == ParamKind::kReal)
        out = {{"type", "number"}};
    else if (field.spec.kind == ParamKind::kFlag)
        out = {{"type", "boolean"}};
    else
        out = text_schema(field);
    if (out.contains("type") && (out["type"] == "integer" || out["type"] == "number")) add_range(field.spec, out);
    out["title"] = field.spec.label;
    out["description"] = field.spec.help + (field.unit.empty() ? "" : " Unit: " + field.unit + ".");
    out["default"] = default_of(field);
    return out;
}

ordered_json closed_object(ordered_json properties) {
    return {{"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
}

ordered_json sections_schema() {
    ordered_json out = ordered_json::object();
    for (const RecipeField& field : recipe_fields()) {
        if (!out.contains(field.section)) out[field.section] = closed_object(ordered_json::object());
        out[field.section]["properties"][field.spec.key] = value_schema(field);
    }
    return out;
}

ordered_json arms_schema() {
    ordered_json parts = {{"name", {{"type", "string"}, {"pattern", "^[A-Za-z0-9_=-][A-Za-z0-9._=-]{0,79}$"}}}};
    const ordered_json sections = sections_schema();
    for (const auto& [section, schema] : sections.items()) parts[section] = {{"$ref", "#/properties/" + section}};
    ordered_json arm = closed_object(parts);
    arm["required"] = {"name"};
    return {{"type", "array"},
            {"items", arm},
            {"maxItems", 64},
            {"description", "Variants that are trained beside each other: what each changes of the recipe."}};
}

}  // namespace

std::string recipe_schema() {
    ordered_json properties = {{"format", {{"const", "gatescope-recipe"}}},
                               {"version", {{"const", 1}}},
                               {"$schema", {{"type", "string"}}},
                               {"name", {{"type", "string"}, {"minLength", 1}, {"maxLength", 80}}},
                               {"notes", {{"type", "string"}, {"description", "What it is for, in words."}}}};
    properties.update(sections_schema());
    properties["arms"] = arms_schema();
    properties["seeds"] = {{"type", "array"},
                           {"items", {{"type", "integer"}, {"minimum", 0}, {"maximum", 9007199254740991}}},
                           {"minItems", 1},
                           {"maxItems", 1000},
                           {"uniqueItems", true},
                           {"default", {0}},
                           {"description", "Every arm is trained with each: first values and order of the windows."}};
    ordered_json out = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                        {"title", "Gatescope training recipe"}};
    out.update(closed_object(properties));
    out["required"] = {"format", "version"};
    return out.dump(2) + "\n";
}

}  // namespace gatescope
