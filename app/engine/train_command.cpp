#include "app/engine/train_command.h"

#include <algorithm>
#include <optional>

#include "app/engine/command_line.h"
#include "model/core/error.h"

namespace gatescope {
namespace {

std::string replaced(std::string text, const std::string& part, const std::string& by) {
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + by.size()))
        text.replace(at, part.size(), by);
    return text;
}

// As --set reads it.
std::string set_text(const RecipeField& field, const ParamValue& value) {
    if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
    const std::string text = print_value(value);
    if (field.several) return replaced(text, "\n", ",");
    return replaced(replaced(replaced(text, "\\", "\\\\"), "\n", "\\n"), "\t", "\\t");
}

// Nothing where --set can't make the one out of the other.
std::optional<std::string> changes(Recipe from, const Recipe& to) {
    std::string out;
    from.notes = to.notes;
    for (const RecipeField& field : recipe_fields()) {
        const auto wanted = to.values.find(field.name());
        if (wanted == to.values.end() || from.values[field.name()] == wanted->second) continue;
        const std::string text = set_text(field, wanted->second);
        try {
            set_field(from, field.name(), text);
        } catch (const Failure&) {
            return {};
        }
        out += " --set " + shell_quoted(field.name() + "=" + text);
    }
    if (!(from == to)) return {};
    return out;
}

std::string recipe_words(const Recipe& recipe, const std::string& file) {
    if (!file.empty()) return shell_quoted(file);
    for (const OurRecipe& ours : our_recipes()) {
        if (ours.id != recipe.name) continue;
        if (const auto changed = changes(read_recipe(ours.id), recipe)) return ours.id + *changed;
    }
    return shell_quoted(recipe.name + ".json");
}

std::string on(const std::string& device) {
    return device == "best" ? "" : " --device " + shell_quoted(device);
}

}  // namespace

std::string train_command(const StartRuns& start, const std::string& device, const std::string& file) {
    return "gatescope train " + recipe_words(start.recipe, file) + on(device) + " --out " + shell_quoted(start.folder) +
           (start.overwrite ? " --force" : "");
}

}  // namespace gatescope
