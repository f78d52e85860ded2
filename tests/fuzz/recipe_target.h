#pragma once
// What the fuzzer of recipes does with bytes, and what the replay test repeats.

#include <cstdlib>
#include <string>
#include <string_view>

#include "analysis/training/train_plan.h"
#include "model/core/error.h"

namespace gatescope {

// Was it a recipe? One that is reads back from its own print, and so does that of each of its runs. Any outcome but a
// Failure is a bug.
inline bool read_recipe_text(std::string_view bytes) {
    Recipe recipe;
    try {
        recipe = parse_recipe(std::string(bytes), "fuzz.json");
    } catch (const Failure&) {
        return false;
    }
    if (parse_recipe(print_recipe(recipe), "printed") != recipe) std::abort();
    if (recipe.arms.size() * recipe.seeds.size() > 8) return true;  // the rest is more of the same
    for (const TrainPlan& plan : train_plans(recipe))
        if (train_plans(parse_recipe(print_recipe(plan.recipe), "printed")).at(0).recipe != plan.recipe) std::abort();
    return true;
}

}  // namespace gatescope
