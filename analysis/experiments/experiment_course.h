#pragma once
// From a setting to its course: recipe, sizes and seeds, checked. No torch.

#include "analysis/experiments/experiment_plan.h"

namespace gatescope {

// By its id. Throws Failure(kUsage) with the nearest known one.
const ExperimentScale& find_scale(const std::string& id);
// Of experiment_params(), likewise.
const ParamSpec& experiment_param(const std::string& key);

// `config`: of setting.model; nullptr where it is empty. Throws Failure(kUsage) naming the option or the field.
ExperimentCourse course_of(const ExperimentSetting& setting, const ModelConfig* config);

struct ExperimentInfo;

// experiment_plan() of an experiment that may be on no list.
ExperimentPlan planned(const ExperimentInfo& info, const ExperimentSetting& setting, const std::string& folder,
                       const ModelConfig* config);

// The recipe with fields set, the last to name one counts: "train.steps=400". Where the steps become others, warm-up,
// reports and checkpoints follow, unless they are set, too. Throws Failure(kUsage) naming the field.
Recipe changed_recipe(Recipe recipe, const std::vector<std::string>& changes);

// Warm-up, reports and checkpoints that so many steps have room for.
void fit_to_steps(Recipe& recipe, std::int64_t steps);

}  // namespace gatescope
