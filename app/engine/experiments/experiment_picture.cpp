#include "app/engine/experiments/experiment_picture.h"

#include "analysis/experiments/experiments.h"
#include "analysis/result_id.h"
#include "app/engine/experiments/experiment_command.h"

namespace gatescope {
namespace {

std::size_t reports_of(const StepOutcome& outcome) {
    return outcome.curves.empty() ? 0 : outcome.curves.front()->step.size();
}

// Negative while of some step it is not known.
double seconds_left(const ExperimentState& state) {
    double out = 0;
    for (std::size_t n = 0; n < state.plan->steps.size(); ++n) {
        const ExperimentStep& step = state.plan->steps[n];
        if (state.outcomes.contains(step.name)) continue;
        const bool working = &step == state.at_work && state.share > 0;
        if (!working && n < state.there.size() && state.there[n]) continue;
        constexpr double kTelling = 0.05;  // of a step: what it took so far says how long it will
        double whole = state.pace.seconds_of(step);
        if (working && (state.share >= kTelling || whole < 0)) whole = state.under_way.seconds / state.share;
        if (whole < 0) return -1;
        out += working ? whole * (1 - state.share) : whole;
    }
    return out;
}

}  // namespace

double seconds_of_work(const ExperimentState& state) {
    double out = state.under_way.seconds;
    for (const auto& [name, outcome] : state.outcomes)
        if (outcome.adopted.empty()) out += outcome.seconds;
    return out;
}

// Tables and charts follow from outcomes alone.
bool ExperimentPicture::is_new(const ExperimentState& state) const {
    return !result_ || state.outcomes.size() != done_ || reports_of(state.under_way) != reports_;
}

std::shared_ptr<const ExperimentView> ExperimentPicture::draw(const ExperimentState& state) {
    constexpr double kOften = 1;  // seconds: a result is no clock
    const bool summarise = is_new(state);
    const double seconds = seconds_of_work(state);
    if (summarise || result_->status != state.status || seconds - result_->seconds >= kOften) {
        auto result = result_ ? std::make_shared<ExperimentResult>(*result_) : std::make_shared<ExperimentResult>();
        result->id = next_result_id();
        result->plan = state.plan;
        result->outcomes = state.outcomes;
        if (reports_of(state.under_way) > 0) result->outcomes[state.under_way.step] = state.under_way;
        const ExperimentSetting& setting = state.plan->setting;
        if (summarise) result->summary = find_experiment(setting.experiment).summarise(*state.plan, result->outcomes);
        result->status = state.status;
        result->command = experiment_command(setting, state.plan->folder);
        result->created = state.created;
        result->device = state.device;
        result->seconds = seconds;
        result_ = std::move(result);
        done_ = state.outcomes.size();
        reports_ = reports_of(state.under_way);
    }
    auto out = std::make_shared<ExperimentView>();
    out->id = next_result_id();
    out->folder = state.plan->folder;
    out->result = result_;
    out->status = state.status;
    out->message = state.message;
    out->warnings = state.warnings;
    out->steps_done = state.outcomes.size();
    if (state.at_work != nullptr) out->at_work = state.at_work->title;
    out->step_share = state.share;
    out->seconds_left = seconds_left(state);
    return out;
}

}  // namespace gatescope
