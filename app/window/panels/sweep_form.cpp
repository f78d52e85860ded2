#include "app/window/panels/sweep_form.h"

#include <algorithm>
#include <filesystem>

#include "analysis/sweep.h"
#include "app/window/lab_actions.h"
#include "app/window/panels/job_form.h"
#include "app/window/widgets/controls.h"
#include "app/window/widgets/form.h"
#include "app/window/widgets/text.h"
#include "misc/cpp/imgui_stdlib.h"

namespace gatescope {

namespace {

// "A  oracle:k=64" with a box to tick.
void draw_slot(const Frame& frame, int slot, bool& with) {
    const Theme& theme = frame.theme;
    const Settings& settings = frame.snapshot.settings;
    const std::string& gate = slot == 0 ? settings.gate_a : settings.gate_b;
    const bool dense = gate.empty() || gate == "dense";
    ImGui::BeginDisabled(dense);
    bool ticked = with && !dense;
    if (ImGui::Checkbox(slot == 0 ? "A##a" : "B##b", &ticked)) with = ticked;
    ImGui::EndDisabled();
    ImGui::SameLine(0, theme.px(8));
    ImGui::AlignTextToFramePadding();
    fitted_text(theme, dense ? "no gate is set" : gate, ImGui::GetContentRegionAvail().x,
                dense ? theme.colours.secondary : slot_colour(theme, slot));
}

void draw_more_gates(Frame& frame) {
    const Theme& theme = frame.theme;
    SweepDraft& draft = frame.view.lab.sweep;
    const float side = ImGui::GetFrameHeight();
    for (std::size_t gate = 0; gate < draft.gates.size(); ++gate) {
        ImGui::PushID(static_cast<int>(gate));
        const bool gone = button(theme, "×", "Takes this gate off the list", side);
        ImGui::SameLine(0, theme.px(8));
        ImGui::AlignTextToFramePadding();
        fitted_text(theme, draft.gates[gate], ImGui::GetContentRegionAvail().x, theme.colours.text);
        ImGui::PopID();
        if (!gone) continue;
        draft.gates.erase(draft.gates.begin() + static_cast<std::ptrdiff_t>(gate));
        break;
    }
    const bool add = button(theme, "+", "Adds the gate to the list (Enter)", side) && !draft.next.empty();
    ImGui::SameLine(0, theme.px(8));
    ImGui::SetNextItemWidth(-1);
    const bool entered =
        ImGui::InputTextWithHint("##next", "another: strided:k=64", &draft.next, ImGuiInputTextFlags_EnterReturnsTrue);
    if (!(add || entered) || draft.next.empty()) return;
    draft.gates.push_back(draft.next);
    draft.next.clear();
}

void draw_fields(Frame& frame, const Checked<StartSweep>& checked) {
    SweepDraft& draft = frame.view.lab.sweep;
    Form form(frame.theme, frame.px(72), checked.errors);
    draw_slot(frame, 0, draft.with_a);
    draw_slot(frame, 1, draft.with_b);
    draw_more_gates(frame);
    if (const auto wrong = checked.errors.find("gates"); wrong != checked.errors.end()) {
        ImGui::PushFont(nullptr, frame.theme.small_size());
        fitted_text(frame.theme, wrong->second, ImGui::GetContentRegionAvail().x, frame.theme.colours.error);
        ImGui::PopFont();
    }
    std::vector<Swept> fields = swept_of(checked.command.request.gates);
    if (fields.empty()) fields = {Swept::kKeys};
    for (const Swept swept : fields) {
        const SweptInfo& info = swept_info(swept);
        form.text(info.name, info.label,
                  "Every gate that has one is measured at each, as in 8,16,32; gates without any give one point",
                  draft.budgets.at(swept));
    }
    form.text("windows", "Windows", "Of the open text, or all", draft.windows);
    form.text("path", "Capture", "Where every point is kept, and gone on with:\n" + checked.command.path, draft.path,
              std::filesystem::path(suggested_sweep_file(frame.snapshot)).filename().string());
    if (checked.exists)
        form.flag("overwrite", "Overwrite", "Else the sweep in this file is gone on with, if it is the same",
                  draft.overwrite);
}

JobForm job_form(const Frame& frame, const Checked<StartSweep>& checked) {
    JobForm out;
    out.kind = "sweep";
    out.why_not = checked.why_not;
    out.start = checked.errors.empty() && sweep_can_go_on(frame.snapshot, checked.command) ? "Go on" : "Start";
    out.start_help = checked.command.path;
    out.start_width = frame.px(72);
    out.stop_help = "Keeps the points so far; it can be gone on with";
    if (checked.errors.empty()) out.command = sweep_line(frame.snapshot, checked.command);
    return out;
}

}  // namespace

bool sweep_can_go_on(const Snapshot& snapshot, const StartSweep& wanted) {
    const RunResult* sweep = snapshot.sweep.get();
    if (sweep == nullptr || sweep->complete || snapshot.sweep_path != wanted.path) return false;
    const auto& points = sweep->request.gates;
    const auto asked_for = [&](const GateSpec& point) {
        return std::any_of(points.begin(), points.end(),
                           [&](const GateSpec& other) { return print_gate(other) == print_gate(point); });
    };
    const std::vector<GateSpec> now = sweep_points(wanted.request);
    return !wanted.overwrite && std::all_of(now.begin(), now.end(), asked_for);
}

void draw_sweep_form(Frame& frame, const Checked<StartSweep>& checked) {
    if (draw_job_form(frame, job_form(frame, checked), [&] { draw_fields(frame, checked); })) start_sweep(frame);
}

}  // namespace gatescope
