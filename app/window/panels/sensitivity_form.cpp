#include "app/window/panels/sensitivity_form.h"

#include "app/window/lab_actions.h"
#include "app/window/panels/job_form.h"
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

JobForm job_form(const Frame& frame, const Checked<StartSensitivity>& checked) {
    const SensitivityResult* result = frame.snapshot.sensitivity.get();
    const bool on = result != nullptr && result->done < result->total && checked.errors.empty() &&
                    same(result->request, checked.command.request);
    JobForm out;
    out.kind = "sensitivity";
    out.why_not = checked.why_not;
    out.start = on ? "Go on" : "Measure layers";
    out.start_help = "Every layer alone at every k, or rank";
    out.stop_help = "Keeps the costs so far; it can be gone on with";
    if (result != nullptr)
        out.progress = formatted("%lld of %lld points", static_cast<long long>(result->done),
                                 static_cast<long long>(result->total));
    if (checked.errors.empty()) out.command = sensitivity_line(frame.snapshot, checked.command);
    return out;
}

}  // namespace

void draw_sensitivity_form(Frame& frame, const Checked<StartSensitivity>& checked) {
    if (draw_job_form(frame, job_form(frame, checked), [&] { draw_fields(frame, checked); })) start_sensitivity(frame);
}

}  // namespace gatescope
