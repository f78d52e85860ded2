// Recipes of an experiment's runs come from one recipe by "field=value".
#include <algorithm>

#include "analysis/experiments/experiment_course.h"
#include "model/core/error.h"

namespace gatescope {
namespace {

void apply(Recipe& recipe, const std::vector<std::string>& changes) {
    for (const std::string& change : changes) {
        const std::size_t middle = change.find('=');
        if (middle == std::string::npos)
            throw Failure(FailureKind::kUsage, "is no change of a recipe", one_line(change, 60),
                          "write FIELD=VALUE, as train.batch=8");
        set_field(recipe, change.substr(0, middle), change.substr(middle + 1));
    }
}

}  // namespace

void fit_to_steps(Recipe& recipe, std::int64_t steps) {
    constexpr std::int64_t kReports = 16, kCheckpoints = 4, kWarmups = 10, kKept = 2;
    const auto at_most = [&recipe](const char* field, std::int64_t value) {
        recipe.values[field] = std::min(integer(recipe.values, field), std::max<std::int64_t>(value, 1));
    };
    recipe.values["train.steps"] = steps;
    at_most("train.warmup", steps / kWarmups);
    at_most("report.every", steps / kReports);
    recipe.values["report.checkpoint_every"] = (steps + kCheckpoints - 1) / kCheckpoints;
    recipe.values["report.keep_checkpoints"] = kKept;
}

Recipe changed_recipe(Recipe recipe, const std::vector<std::string>& changes) {
    Recipe whole = recipe;
    apply(whole, changes);
    const std::int64_t steps = integer(whole.values, "train.steps");
    if (steps == integer(recipe.values, "train.steps")) return whole;
    fit_to_steps(recipe, steps);
    apply(recipe, changes);
    return recipe;
}

}  // namespace gatescope
