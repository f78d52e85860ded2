#pragma once
// Where the runs of a recipe lie: a single one in the folder itself, several in folders below it, beside the whole
// recipe (recipes.json). No torch.

#include <filesystem>
#include <vector>

#include "analysis/training/train_plan.h"

namespace gatescope {

struct PlacedRun {
    TrainPlan plan;
    std::filesystem::path folder;
};

// Every run that the recipe makes, in its order. Throws as train_plans() does.
std::vector<PlacedRun> placed_runs(const Recipe& recipe, const std::filesystem::path& folder);

// What can be known before anything is opened: that the texts, tokenizer, checkpoint and gate files of the plan are
// there. Throws Failure(kNotFound) naming the field.
void check_inputs(const TrainPlan& plan);

// Throws Failure(kUsage, kOutput) where one of the runs could not be written. Touches nothing.
void check_targets(const std::vector<PlacedRun>& runs, const std::filesystem::path& folder, bool overwrite);

// Writes the whole recipe where it makes several runs, so that those which were not begun are found again.
void write_recipe_of_runs(const Recipe& recipe, const std::filesystem::path& folder);

// The runs of a folder: those of its recipe, begun or not, else those that lie in it. Throws Failure(kNotFound,
// kBadFile, kUsage).
std::vector<PlacedRun> runs_of_folder(const std::filesystem::path& folder);

}  // namespace gatescope
