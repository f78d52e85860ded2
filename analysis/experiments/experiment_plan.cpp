#include "analysis/experiments/experiment_plan.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "analysis/experiments/experiment_course.h"
#include "analysis/experiments/experiments.h"
#include "analysis/training/train_plan.h"
#include "model/core/error.h"
#include "model/gates/gate_info.h"

namespace gatescope {
namespace {

Failure refused(const std::string& what, const std::string& where, const std::string& hint) {
    return {FailureKind::kUsage, what, where, hint};
}

std::string listed(const std::vector<std::string>& words) {
    std::string out;
    for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
    return out;
}

void check_applies(const ExperimentInfo& info, const ExperimentSetting& setting) {
    if (!setting.model.empty() && !info.takes_model)
        throw refused("trains models of its own, and one is given", "experiment " + info.id,
                      "leave the model out; a scale says which size: tiny, paper-31m");
    for (const auto& [key, value] : setting.values) {
        const bool chosen = value != experiment_param(key).initial;
        if (chosen && std::find(info.params.begin(), info.params.end(), key) == info.params.end())
            throw refused("means nothing to the experiment " + info.id, key, "it takes " + listed(info.params));
        if (chosen && key == "steps" && !setting.model.empty())
            throw refused("are of models that are trained from scratch, and one is given", key,
                          "leave them out, or give tune_steps or gate_steps");
    }
}

// Files that are named from the present folder are found from any other, too.
ExperimentSetting with_whole_paths(ExperimentSetting setting, const Recipe& base) {
    if (!setting.model.empty()) setting.model = text(base.values, "model.checkpoint");
    for (std::string& change : setting.changes) {
        const std::string name = change.substr(0, change.find('='));
        if (recipe_field(name).spec.kind == ParamKind::kFile) change = name + "=" + text(base.values, name);
    }
    return setting;
}

// Nothing begins that can't end.
void check_steps(const std::vector<ExperimentStep>& steps) {
    std::set<std::string> names;
    for (const ExperimentStep& step : steps) {
        if (!names.insert(step.name).second)
            throw Failure(FailureKind::kInternal, "two steps have this name", step.name, "it is a bug");
        try {
            std::visit([](const auto& work) { (void)train_plans(work.recipe); }, step.work);
            if (const auto* measured = std::get_if<MeasureWork>(&step.work))
                for (const std::string& gate : measured->gates) (void)parse_gate(gate);
        } catch (const Failure& failure) {
            throw failure.at(step.name);
        }
    }
}

}  // namespace

ExperimentPlan planned(const ExperimentInfo& info, const ExperimentSetting& setting, const std::string& folder,
                       const ModelConfig* config) {
    check_applies(info, setting);
    ExperimentPlan out;
    out.course = course_of(setting, config);
    out.setting = with_whole_paths(setting, out.course.base);
    out.folder = std::filesystem::absolute(folder).lexically_normal().string();
    out.steps = info.steps(out.course, out.folder);
    check_steps(out.steps);
    return out;
}

ExperimentPlan experiment_plan(const ExperimentSetting& setting, const std::string& folder, const ModelConfig* config) {
    return planned(find_experiment(setting.experiment), setting, folder, config);
}

}  // namespace gatescope
