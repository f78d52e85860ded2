// The files of assets/recipes, put in by the build.
#include "analysis/training/recipe.h"
#include "model/checkpoint/json_text.h"
#include "model/core/closest_match.h"
#include "model/core/error.h"

namespace gatescope {

const std::vector<OurRecipe>& our_recipes() {
    static const std::vector<OurRecipe> recipes = {
#include "our_recipes.inc"
    };
    return recipes;
}

Recipe read_recipe(const std::string& path_or_id) {
    std::vector<std::string> ids;
    for (const OurRecipe& ours : our_recipes()) {
        if (ours.id == path_or_id) return parse_recipe(ours.json, "recipe " + ours.id);
        ids.push_back(ours.id);
    }
    constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 20;
    std::string text;
    try {
        text = read_small_file(path_or_id, kMostBytes);
    } catch (const Failure& failure) {
        if (failure.kind() != FailureKind::kNotFound) throw;
        throw Failure(FailureKind::kNotFound, "there is no such recipe", one_line(path_or_id, 120),
                      "a file, or one of ours: " + suggestion(path_or_id, ids));
    }
    return parse_recipe(text, path_or_id);
}

}  // namespace gatescope
