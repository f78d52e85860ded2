#pragma once
// A training recipe: a JSON file whose fields are described once, in recipe_fields(), so that the file, its checks and
// messages, its JSON schema, the help and the window's form are made from the same list. No torch.

#include <cstdint>
#include <string>
#include <vector>

#include "model/core/param_spec.h"

namespace gatescope {

struct RecipeField {
    std::string section;                    // "train"; `spec.key` is the name within it: "steps"
    ParamSpec spec;                         // label, one-sentence help, kind, default, range
    std::vector<std::string> choices = {};  // of a text: one of these; empty: any
    bool several = false;                   // of a text: one a line, an array in the file
    std::string unit = {};                  // "tokens"
    bool advanced = false;                  // a form folds it away
    // Does the field mean anything beside these values? nullptr: always. What does not apply is neither shown nor
    // checked.
    bool (*applies)(const ParamValues& values) = nullptr;

    bool applies_to(const ParamValues& values) const { return applies == nullptr || applies(values); }
    std::string name() const { return section + "." + spec.key; }
};
// Sections and fields in the order of files and forms.
const std::vector<RecipeField>& recipe_fields();
// By "train.steps". Throws Failure(kUsage) with the nearest known name.
const RecipeField& recipe_field(const std::string& name);

// A variant of the recipe that is trained beside the others.
struct RecipeArm {
    std::string name;     // "soft-learned"
    ParamValues changes;  // by field name

    bool operator==(const RecipeArm&) const = default;
};

struct Recipe {
    std::string name, notes;
    ParamValues values;               // by field name, complete
    std::vector<RecipeArm> arms;      // none: the recipe as it is
    std::vector<std::int64_t> seeds;  // at least one; every arm runs with each

    bool operator==(const Recipe&) const = default;
};

// All defaults.
Recipe default_recipe();
// Sets a field by its text, as in set_field(recipe, "train.steps", "100"); lines of `several` may be told apart by
// commas, too, and \n stands for a line break. Throws Failure(kUsage) naming the field, with what is allowed.
void set_field(Recipe& recipe, const std::string& name, const std::string& text);
// A value by itself against its field's kind, range and choices. Throws Failure(kUsage) likewise.
void check_field(const RecipeField& field, const ParamValue& value);
// Throws Failure(kUsage, kBadFile) naming `where` and the field, with what is allowed.
Recipe parse_recipe(const std::string& json, const std::string& where);
// JSON that parse_recipe() reads back as the same recipe; fields at their default are written, too.
std::string print_recipe(const Recipe& recipe);
// A file, or one of ours by its id. Throws Failure(kNotFound) too.
Recipe read_recipe(const std::string& path_or_id);
// JSON Schema (draft 2020-12) of recipe files.
std::string recipe_schema();

// What comes with the program (assets/recipes): a file and a line in the list.
struct OurRecipe {
    std::string id, json;
};
const std::vector<OurRecipe>& our_recipes();

}  // namespace gatescope
