#pragma once
// The form of a recipe as a request to the engine, or what is wrong with it. Made from recipe_fields(): a new field of
// recipes is in the form without a line here. No Dear ImGui.

#include <string>
#include <vector>

#include "analysis/training/recipe.h"
#include "app/window/lab_requests.h"
#include "app/window/training_view.h"

namespace gatescope {

// Throws Failure where there is no such recipe or it is broken.
RecipeDraft draft_of(const std::string& path_or_id);
RecipeDraft draft_of(const Recipe& recipe, const std::string& source);
// The first recipe of ours, in a form that has not been filled yet.
void fill_draft(RecipeDraft& draft);

// A value in one line that the form reads back: several entries with commas between them, line breaks as \n.
std::string recipe_field_text(const RecipeField& field, const ParamValue& value);
// Values as far as they can be read, defaults for the rest: what `applies` of a field is asked with.
ParamValues draft_values(const RecipeDraft& draft);
// Errors have the field's name as key; of arms "arm N", of seeds "seeds", of the folder "folder".
struct CheckedRecipe : Checked<StartRuns> {
    ParamValues values;    // as draft_values()
    std::string outlook;   // what will happen, in words
    bool changed = false;  // differs from the recipe it was filled from
};
CheckedRecipe check_recipe(const Snapshot& snapshot, const RecipeDraft& draft);

// Where the runs go unless a folder is typed: in the present one, named after the recipe.
std::string suggested_run_folder(const RecipeDraft& draft);
// `gatescope train RECIPE --out FOLDER` with what was changed; a recipe of one's own by the file that it came from.
std::string train_line(const RecipeDraft& draft, const CheckedRecipe& checked);

}  // namespace gatescope
