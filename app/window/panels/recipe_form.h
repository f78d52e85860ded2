#pragma once
// The form of a recipe, made from recipe_fields(): sections as headings, a row for each field that applies.

#include "app/window/frame.h"
#include "app/window/recipe_draft.h"

namespace gatescope {

void draw_recipe_fields(Frame& frame, const CheckedRecipe& checked);
// "model" -> "Model"
std::string section_label(const std::string& section);

}  // namespace gatescope
