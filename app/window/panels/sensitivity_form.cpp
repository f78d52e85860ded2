#include "app/window/panels/sensitivity_form.h"

#include "app/window/lab_actions.h"
#include "app/window/widgets/controls.h"
#include "app/window/widgets/form.h"
#include "app/window/widgets/text.h"
#include "misc/cpp/imgui_stdlib.h"

namespace gatescope {

namespace {

// The syntax can be typed; the menu has the kinds that need nothing more, and the gates that are set.
void draw_gate(Frame& frame, const Form& form) {
    const Theme& theme = frame.theme;
    std::string& gate = frame.view.lab.sensitivity.gate;
    form.label("Gate", "The kind that is put on one layer at a time; its k, or its rank, is varied");
    const float side = theme.px(36), gap = theme.px(4);
    ImGui::SetNextItemWidth(ImGui::GetContentRegionAvail().x - side - gap);
    ImGui::InputTextWithHint("##gate", "oracle:k=64", &gate);
    ImGui::SameLine(0, gap);
    if (begin_menu(theme, "##kinds", "", "Kinds of gates that have a number of keys, or a rank", side)) {
        const Settings& settings = frame.snapshot.settings;
        for (const auto& [label, set] :
             {std::pair{"As gate A", &settings.gate_a}, std::pair{"As gate B", &settings.gate_b}})
            if (*set != "dense" && menu_choice(theme, label, false, *set)) gate = *set;
        for (const GateInfo& info : gate_infos())
            if (info.traits.swept != Swept::kNothing && !info.traits.needs_file &&
                menu_choice(theme, info.label, false, info.help))
                gate = print_gate({{{info.id, initial_values(info.params), {}, {}}}});
        ImGui::EndPopup();
    }
    form.error("gate");
}

void draw_fields(Frame& frame, const Checked<StartSensitivity>& checked) {
    SensitivityDraft& draft = frame.view.lab.sensitivity;
    Form form(frame.theme, frame.px(72), checked.errors);
    draw_gate(frame, form);
    const Swept swept = swept_of_draft(draft.gate);
    const SweptInfo& info = swept_info(swept == Swept::kNothing ? Swept::kKeys : swept);
    BudgetDraft& budgets = draft.budgets.at(info.swept);
    form.text(info.name, info.label, "Each layer is measured alone at each, as in 8,16,32", budgets.list);
    form.text("mean_" + info.name, "Mean " + info.name, "The budget that the proposal spends: its mean over layers",
              budgets.mean);
    form.text("windows", "Windows", "Of the open text", draft.windows);
    form.flag("each_head", "Heads", "Also each head alone: many more points", draft.each_head);
    if (!draft.each_head) return;
    form.text("head_" + info.name, info.name + " of heads", "What heads are measured at, alone", budgets.head);
}

bool same(const SensitivityRequest& first, const SensitivityRequest& second) {
    return print_gate({{first.gate}}) == print_gate({{second.gate}}) && first.budgets == second.budgets &&
           first.each_head == second.each_head && first.windows == second.windows &&
           first.window_length == second.window_length;
}

void draw_buttons(Frame& frame, const Checked<StartSensitivity>& checked) {
    const Theme& theme = frame.theme;
    const SensitivityResult* result = frame.snapshot.sensitivity.get();
    if (const JobStatus* job = job_of(frame.snapshot, "sensitivity")) {
        if (button(theme, "Stop", "Keeps the costs so far; it can be gone on with", theme.px(72)))
            stop_job(frame, "sensitivity");
        ImGui::SameLine(0, theme.px(10));
        ImGui::AlignTextToFramePadding();
        const JobProgress progress = job->job->progress();
        std::string words = result == nullptr ? ""
                                              : formatted("%lld of %lld points", static_cast<long long>(result->done),
                                                          static_cast<long long>(result->total));
        if (progress.remaining_s >= 0) words += ", " + duration_text(progress.remaining_s) + " left";
        fitted_text(theme, words, ImGui::GetContentRegionAvail().x, theme.colours.secondary);
        return;
    }
    const bool on = result != nullptr && result->done < result->total && checked.errors.empty() &&
                    same(result->request, checked.command.request);
    ImGui::BeginDisabled(!checked.why_not.empty());
    if (button(theme, on ? "Go on###start" : "Measure layers###start",
               checked.why_not.empty() ? "Every layer alone at every k, or rank" : checked.why_not))
        start_sensitivity(frame);
    ImGui::EndDisabled();
    if (!checked.errors.empty()) return;
    ImGui::SameLine(0, theme.px(10));
    const std::string line = sensitivity_line(frame.snapshot, checked.command);
    if (link_button(theme, "Copy as command", line)) copy_line(frame, line);
}

}  // namespace

void draw_sensitivity_form(Frame& frame, const Checked<StartSensitivity>& checked) {
    const Theme& theme = frame.theme;
    const bool runs = job_of(frame.snapshot, "sensitivity") != nullptr;
    const bool stuck = !checked.why_not.empty() && !runs;
    const std::string reason = stuck ? "Can't start: " + shortened(checked.why_not, 72) : "";
    const float foot = ImGui::GetFrameHeightWithSpacing() +
                       (stuck ? small_text_height(theme, reason) + ImGui::GetStyle().ItemSpacing.y : 0);
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(theme.px(8), theme.px(4)));
    ImGui::BeginChild("##form", {0, -foot}, ImGuiChildFlags_None, ImGuiWindowFlags_NoBackground);
    ImGui::BeginDisabled(runs);
    draw_fields(frame, checked);
    ImGui::EndDisabled();
    ImGui::EndChild();
    ImGui::PopStyleVar();
    if (stuck) small_text(theme, reason, theme.colours.warning);
    draw_buttons(frame, checked);
}

}  // namespace gatescope
