#include "app/window/experiment_state.h"

#include <algorithm>
#include <filesystem>

#include "app/window/lab_requests.h"
#include "app/window/widgets/text.h"

namespace gatescope {

namespace {

std::size_t steps_of(const ExperimentView& experiment) {
    return experiment.result->plan == nullptr ? 0 : experiment.result->plan->steps.size();
}

std::string verdict_words(Verdict verdict) {
    switch (verdict) {
        case Verdict::kSupports:
            return "supports the paper";
        case Verdict::kContradicts:
            return "contradicts the paper";
        case Verdict::kUndecided:
            return "undecided";
        case Verdict::kOpen:
            return "done";
    }
    return {};
}

bool is_done(const ExperimentView& experiment) {
    return experiment.status == "done";
}

}  // namespace

std::vector<SharedExperiment> experiments_of(const std::vector<SharedExperiment>& list, const std::string& experiment) {
    std::vector<SharedExperiment> out;
    for (const SharedExperiment& each : list)
        if (each->result != nullptr && each->result->plan != nullptr &&
            each->result->plan->setting.experiment == experiment)
            out.push_back(each);
    return out;
}

SharedExperiment shown_experiment(const std::vector<SharedExperiment>& list, const ExperimentsView& view,
                                  const std::string& experiment) {
    const std::vector<SharedExperiment> own = experiments_of(list, experiment);
    if (const auto wish = view.shown.find(experiment); wish != view.shown.end())
        if (SharedExperiment chosen = experiment_in(own, wish->second)) return chosen;
    for (const SharedExperiment& each : own)
        if (each->status == "running") return each;
    return own.empty() ? nullptr : own.back();
}

SharedExperiment experiment_in(const std::vector<SharedExperiment>& list, const std::string& folder) {
    for (const SharedExperiment& each : list)
        if (each->folder == folder) return each;
    return nullptr;
}

bool is_active(const ExperimentView& experiment) {
    return experiment.status == "waiting" || experiment.status == "running";
}

bool can_go_on(const ExperimentView& experiment) {
    return !experiment.from_capture && !is_active(experiment) && !is_done(experiment);
}

bool in_use(const std::vector<SharedExperiment>& list, const std::string& folder) {
    return std::any_of(list.begin(), list.end(),
                       [&](const SharedExperiment& each) { return is_active(*each) && each->folder == folder; });
}

std::string state_words(const ExperimentView* experiment) {
    if (experiment == nullptr) return "not run";
    if (experiment->status == "waiting") return "waiting";
    if (is_done(*experiment)) return verdict_words(experiment->result->summary.verdict);
    const std::string steps = formatted("%zu of %zu", experiment->steps_done, steps_of(*experiment));
    if (experiment->status != "running") return experiment->status + " at " + steps;
    return steps + " steps" +
           (experiment->seconds_left < 0 ? "" : ", " + duration_text(experiment->seconds_left) + " left");
}

ImVec4 state_colour(const Theme& theme, const ExperimentView* experiment) {
    const Palette& colours = theme.colours;
    if (experiment == nullptr) return colours.secondary;
    if (experiment->status == "failed") return colours.error;
    if (experiment->status == "running") return colours.text;
    if (!is_done(*experiment)) return experiment->status == "stopped" ? colours.warning : colours.secondary;
    switch (experiment->result->summary.verdict) {
        case Verdict::kSupports:
            return colours.good;
        case Verdict::kContradicts:
            return colours.error;
        default:
            return colours.warning;
    }
}

float part_done(const ExperimentView& experiment) {
    const std::size_t steps = steps_of(experiment);
    const double done = static_cast<double>(experiment.steps_done) + experiment.step_share;
    return steps == 0 ? 0 : static_cast<float>(std::clamp(done / static_cast<double>(steps), 0.0, 1.0));
}

std::string experiment_title(const ExperimentView& experiment) {
    const ExperimentSetting& setting = experiment.result->plan->setting;
    const std::filesystem::path path = experiment.folder;
    const std::string place =
        path.has_parent_path() ? (path.parent_path().filename() / path.filename()).string() : experiment.folder;
    return setting.scale + ", " + place;
}

}  // namespace gatescope
