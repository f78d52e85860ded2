#include "app/window/panels/experiment_steps.h"

#include "app/window/lab_requests.h"
#include "app/window/training_words.h"
#include "app/window/widgets/text.h"

namespace gatescope {

namespace {

struct StepWords {
    std::string text;
    bool done = false;
};

StepWords words_of(const ExperimentStep& step, const ExperimentView* shown, double estimate) {
    if (shown != nullptr) {
        const Outcomes& outcomes = shown->result->outcomes;
        const auto outcome = outcomes.find(step.name);
        if (outcome != outcomes.end() && outcome->second.done)
            return {outcome->second.adopted.empty() ? spent_text(outcome->second.seconds) : "taken over", true};
        if (shown->at_work == step.title) return {formatted("%.0f %%", 100 * shown->step_share)};
    }
    if (estimate == 0) return {"done already", true};
    return {estimate > 0 ? "about " + duration_text(estimate) : "–"};
}

}  // namespace

void draw_steps(const Theme& theme, const ExperimentPlan& plan, const ExperimentView* shown,
                const ExperimentProposal* known) {
    const bool estimated =
        known != nullptr && known->plan != nullptr && known->step_seconds.size() == plan.steps.size();
    ImGui::PushFont(nullptr, theme.small_size());
    for (std::size_t at = 0; at < plan.steps.size(); ++at) {
        const StepWords words = words_of(plan.steps[at], shown, estimated ? known->step_seconds[at] : -1);
        const float from = ImGui::GetCursorPosX(), room = ImGui::GetContentRegionAvail().x;
        const float width = mono_width(theme, words.text);
        fitted_text(theme, plan.steps[at].title, room - width - theme.px(12),
                    words.done ? theme.colours.secondary : theme.colours.text);
        ImGui::SameLine();
        ImGui::SetCursorPosX(from + room - width);
        mono_text(theme, words.text, words.done ? theme.colours.secondary : theme.colours.text);
    }
    ImGui::PopFont();
}

}  // namespace gatescope
