// What is known of experiments that nobody works on: plans of settings, folders that lie there.
#include <algorithm>
#include <string_view>

#include "analysis/training/recipe_values.h"
#include "app/engine/experiments/adopted_runs.h"
#include "app/engine/experiments/experiment_folder.h"
#include "app/engine/experiments/experiment_picture.h"
#include "app/engine/experiments/experiment_run.h"
#include "app/engine/models.h"
#include "app/engine/runs/run_folder.h"
#include "model/checkpoint/checkpoint_reader.h"
#include "model/core/error.h"
#include "model/families/families.h"

namespace gatescope {
namespace {

namespace fs = std::filesystem;

std::string whole_path(const std::string& path, std::initializer_list<const char*> words) {
    if (path.empty() || std::find(words.begin(), words.end(), path) != words.end()) return path;
    return fs::absolute(path).lexically_normal().string();
}

// An experiment is gone on with from any folder.
ExperimentSetting with_whole_paths(ExperimentSetting setting) {
    setting.model = whole_path(setting.model, {"sample"});
    for (std::string& change : setting.changes) {
        const auto value_of = [&change](std::string_view field) {
            return change.starts_with(field) ? change.substr(field.size()) : std::string();
        };
        if (const std::string tokenizer = value_of("data.tokenizer="); !tokenizer.empty())
            change = "data.tokenizer=" + whole_path(tokenizer, {"own", "model", "sample"});
        if (const std::string texts = value_of("data.text="); !texts.empty()) {
            Recipe recipe = default_recipe();
            set_field(recipe, "data.text", texts);
            std::vector<std::string> lines = lines_of(text(recipe.values, "data.text"));
            for (std::string& line : lines) line = whole_path(line, {"sample-train", "sample"});
            change = "data.text=" + joined_lines(lines);
        }
    }
    return setting;
}

std::shared_ptr<const TrainCurve> curve_so_far(const fs::path& folder) {
    try {
        return log_of_run(folder);
    } catch (const Failure&) {
        return nullptr;  // begun anew, it is written again
    }
}

// A run that was cut off shows what it has.
StepOutcome under_way(const ExperimentPlan& plan, const ExperimentStep& step) {
    StepOutcome out;
    out.step = step.name;
    if (!std::holds_alternative<TrainWork>(step.work)) return out;
    if (auto curve = curve_so_far(folder_of_step(plan, step))) out.curves = {std::move(curve)};
    return out;
}

}  // namespace

ExperimentPlan plan_of_setting(const ExperimentSetting& setting, const fs::path& folder, JobContext& job) {
    const ExperimentSetting whole = with_whole_paths(setting);
    const std::string place = folder.empty() ? "" : fs::absolute(folder).lexically_normal().string();
    if (whole.model.empty()) return experiment_plan(whole, place, nullptr);
    job.tick();
    const ModelConfig config = read_config(*open_checkpoint(model_path(whole.model)));
    return experiment_plan(whole, place, &config);
}

std::vector<bool> steps_there(const ExperimentPlan& plan) {
    bool same = false;
    try {
        same = is_experiment_folder(plan.folder) && read_experiment_file(plan.folder).setting == plan.setting;
    } catch (const Failure&) {  // damaged: nothing counts
    }
    std::vector<bool> out;
    for (const ExperimentStep& step : plan.steps)
        out.push_back((same && outcome_of_step(plan, step)) || !run_to_adopt(plan, step).empty());
    return out;
}

std::shared_ptr<const ExperimentView> view_of_experiment(const fs::path& folder) {
    const ExperimentFile file = read_experiment_file(folder);
    JobContext job;
    ExperimentState state;
    state.plan = std::make_shared<const ExperimentPlan>(plan_of_setting(file.setting, folder, job));
    state.created = file.created;
    for (const ExperimentStep& step : state.plan->steps) {
        std::string damage;
        if (auto outcome = outcome_of_step(*state.plan, step, &damage)) {
            state.device = outcome->device;
            state.pace.took(step, 1, outcome->seconds);
            state.outcomes[step.name] = std::move(*outcome);
        } else if (state.at_work == nullptr) {
            state.at_work = &step;
        }
        if (!damage.empty()) state.warnings.push_back(damage + "; the step is done again");
    }
    state.status = state.at_work == nullptr ? "done" : "stopped";
    if (state.at_work != nullptr) state.under_way = under_way(*state.plan, *state.at_work);
    return ExperimentPicture().draw(state);
}

}  // namespace gatescope
