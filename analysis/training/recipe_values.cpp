// Single values of a recipe: what is allowed, and how they are told in text.
#include "analysis/training/recipe_values.h"

#include <algorithm>
#include <set>

#include "model/core/closest_match.h"
#include "model/core/error.h"

namespace gatescope {
namespace {

constexpr std::size_t kLongestText = 16384;  // it is read again for every run of the recipe

Failure refused(const RecipeField& field, const std::string& what, const std::string& hint) {
    return {FailureKind::kUsage, what, field.name(), hint};
}

void check_entry(const RecipeField& field, const std::string& entry) {
    if (entry.find('\0') != std::string::npos) throw refused(field, "holds a byte of zero", "no text or path has one");
    if (field.choices.empty() || std::find(field.choices.begin(), field.choices.end(), entry) != field.choices.end())
        return;
    throw refused(field, "unknown \"" + one_line(entry, 60) + "\"", suggestion(entry, field.choices));
}

void check_entries(const RecipeField& field, const std::vector<std::string>& entries) {
    std::set<std::string> seen;
    for (const std::string& entry : entries) {
        if (entry.empty()) throw refused(field, "has an empty entry", "leave it out");
        check_entry(field, entry);
        if (!seen.insert(entry).second)
            throw refused(field, "names \"" + one_line(entry, 60) + "\" twice", "name it once");
    }
    if (entries.empty() && field.spec.kind == ParamKind::kFile)
        throw refused(field, "is empty", "name at least one file");
}

std::string with_breaks(const std::string& text) {
    std::string out;
    for (std::size_t n = 0; n < text.size(); ++n) {
        const char next = n + 1 < text.size() ? text[n + 1] : '\0';
        const char meant = text[n] != '\\' ? '\0'
                           : next == 'n'   ? '\n'
                           : next == 't'   ? '\t'
                           : next == '\\'  ? '\\'
                                           : '\0';
        out.push_back(meant != '\0' ? meant : text[n]);
        if (meant != '\0') ++n;
    }
    return out;
}

}  // namespace

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> out;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        out.push_back(text.substr(begin, end - begin));
        begin = end + 1;
        if (begin == text.size()) out.emplace_back();  // what ends with a break has an empty last line
    }
    return out;
}

std::string joined_lines(const std::vector<std::string>& lines) {
    std::string out;
    for (const std::string& line : lines) out += (out.empty() ? "" : "\n") + line;
    return out;
}

void check_field(const RecipeField& field, const ParamValue& value) {
    if (value.index() != field.spec.initial.index()) throw refused(field, "is of another kind", "it is a bug");
    if (const auto* given = std::get_if<std::string>(&value); given != nullptr && given->size() > kLongestText)
        throw refused(field, "is " + std::to_string(given->size()) + " bytes long",
                      "at most " + std::to_string(kLongestText) + " are allowed");
    if (field.several) return check_entries(field, lines_of(std::get<std::string>(value)));
    (void)parse_value(field.spec, print_value(value), field.name());
    if (const auto* entry = std::get_if<std::string>(&value)) check_entry(field, *entry);
}

void set_field(Recipe& recipe, const std::string& name, const std::string& given) {
    const RecipeField& field = recipe_field(name);
    ParamValue value = given;
    if (field.several) {
        std::string lines = given;
        std::replace(lines.begin(), lines.end(), ',', '\n');
        value = lines;
    } else if (field.spec.kind == ParamKind::kText) {
        value = with_breaks(given);
    } else if (field.spec.kind == ParamKind::kFlag) {
        value = parse_value(field.spec, given == "true" ? "1" : given == "false" ? "0" : given, name);
    } else {
        value = parse_value(field.spec, given, name);
    }
    check_field(field, value);
    recipe.values[name] = value;
}

}  // namespace gatescope
