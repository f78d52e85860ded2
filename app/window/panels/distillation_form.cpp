#include "app/window/panels/distillation_form.h"

#include <algorithm>
#include <filesystem>

#include "app/engine/command_line.h"
#include "app/window/lab_actions.h"
#include "app/window/widgets/controls.h"
#include "app/window/widgets/form.h"
#include "app/window/widgets/text.h"

namespace gatescope {

namespace {

struct Signal {
    const char* id;
    const char* label;
    const char* help;
};
constexpr Signal kSignals[] = {
    {"kl", "KL to the pattern", "The gate's softmax is to be the dense pattern: keeps the ranking of keys"},
    {"bce", "BCE to the oracle's keys", "Each key is to be in or out as the oracle's k keys have it"},
    {"mask", "End to end through the mask", "The model's own loss led back through what the gate keeps: see why not"}};

void draw_kind(Frame& frame, Form& form) {
    DistillDraft& draft = frame.view.lab.distill;
    const GateInfo& info = gate_info(draft.gate);
    if (form.begin_choice("gate", "Gate", info.help, info.label)) {
        for (const GateInfo* each : distillable_gates())
            if (menu_choice(frame.theme, each->label, each->id == draft.gate, each->help + "\n" + each->training))
                draft.gate = each->id;
        ImGui::EndPopup();
    }
    const Signal& now = *std::find_if(std::begin(kSignals), std::end(kSignals),
                                      [&](const Signal& signal) { return signal.id == draft.signal; });
    if (form.begin_choice("signal", "Training signal", now.help, now.label)) {
        for (const Signal& signal : kSignals)
            if (menu_choice(frame.theme, signal.label, signal.id == draft.signal, signal.help))
                draft.signal = signal.id;
        ImGui::EndPopup();
    }
}

void draw_sizes(Frame& frame, Form& form) {
    DistillDraft& draft = frame.view.lab.distill;
    const DistillFields fields = distill_fields(draft.gate);
    form.text("k", "Keys k", "Kept keys a query: of the oracle that F1 and BCE are measured by, and once deployed",
              draft.k);
    form.text("steps", "Steps", "Each on one window of the training text", draft.steps);
    form.text("gate_dim", "Gate width", "Of the gate's queries and keys; the paper's is 32", draft.gate_dim);
    if (fields.keys_per_block)
        form.text("keys_per_block", "Keys a block", "b: keys are chosen in blocks of so many", draft.keys_per_block);
    if (fields.index_heads) form.text("index_heads", "Index heads", "Heads of the scorer, added up", draft.index_heads);
    if (fields.rope)
        form.flag("rope", "Rotated (RoPE)",
                  "Rotates the gate's queries and keys by their positions, which a RoPE model's x does not hold",
                  draft.rope);
    form.text("learning_rate", "Learning rate", "Of Adam", draft.learning_rate, "the gate's own");
    if (fields.kernel_start) {
        const bool kernel = draft.start == "kernel";
        if (form.begin_choice("start", "Starts from", "What the gate's arrays are before the first step",
                              kernel ? "the head's W_q, W_k" : "random numbers")) {
            if (menu_choice(frame.theme, "random numbers", !kernel, "As the frozen random gate beside it"))
                draft.start = "random";
            if (menu_choice(frame.theme, "the head's W_q, W_k", kernel, "The leading directions of the head's own"))
                draft.start = "kernel";
            ImGui::EndPopup();
        }
    }
    form.text("layers", "Layers", "Whose gates are trained, as in 0-3,7; the others stay dense", draft.layers, "all");
}

void draw_files(Frame& frame, Form& form, const Checked<StartDistillation>& checked) {
    DistillDraft& draft = frame.view.lab.distill;
    const std::string text = training_text(frame.snapshot, draft);
    if (form.path("text", "Training text", "Gates are trained on its windows", draft.text,
                  draft.text.empty() && !text.empty() ? "the sample's training text" : "choose a text"))
        choose_training_text(frame);
    if (form.path("held_out", "Held-out text", "Curves are measured on its windows", draft.held_out,
                  "last eighth of the training text"))
        choose_held_out_text(frame);
    form.text("out", "Gate file", "Written when training ends or is stopped:\n" + checked.command.request.out,
              draft.out, std::filesystem::path(suggested_gate_file(frame.snapshot, draft)).filename().string());
}

void draw_more(Frame& frame, Form& form) {
    DistillDraft& draft = frame.view.lab.distill;
    if (link_button(frame.theme, draft.more ? "Less" : "More…", "Sinks, local keys, seed, held-out windows, capture"))
        draft.more = !draft.more;
    if (!draft.more) return;
    form.pair("Sinks, local", "Keys that the deployed gate always keeps: the first ones, and the last ones", "sinks",
              draft.sinks, "local", draft.local);
    form.text("held_out_windows", "Held-out windows", "That curves are measured on", draft.held_out_windows);
    form.text("seed", "Seed", "Of the gate's first values and of the random gate beside it", draft.seed);
    form.text("capture", "Capture", "An .h5 file that the curves are written to", draft.capture, "none");
}

// Progress of a training that is under way or over.
void draw_progress(const Frame& frame) {
    const DistillRun* run = frame.snapshot.distillation.get();
    if (run == nullptr) return;
    const Theme& theme = frame.theme;
    const std::string status = run->status == "running" ? "step" : run->status + ", step";
    const std::string words =
        formatted("%s %s of %s", status.c_str(), grouped(run->step).c_str(), grouped(run->request.steps).c_str());
    const float from = ImGui::GetCursorPosX(), width = ImGui::GetContentRegionAvail().x;
    progress_bar(theme,
                 static_cast<float>(run->step) / static_cast<float>(std::max<std::int64_t>(1, run->request.steps)),
                 width * 0.4F, theme.px(4));
    ImGui::SameLine(from + width * 0.4F + theme.px(10));
    ImGui::PushFont(nullptr, theme.small_size());
    fitted_text(theme, words, ImGui::GetContentRegionAvail().x,
                run->status == "failed" ? theme.colours.error : theme.colours.secondary);
    ImGui::PopFont();
}

void draw_start(Frame& frame, const Checked<StartDistillation>& checked) {
    const Theme& theme = frame.theme;
    if (distillation_runs(frame.snapshot)) {
        const bool paused = distillation_paused(frame.snapshot);
        if (button(theme, paused ? "Resume" : "Pause", paused ? "Goes on where it is" : "Leaves the machine to others",
                   theme.px(84)))
            pause_or_resume_distillation(frame);
        ImGui::SameLine();
        if (button(theme, "Stop", "Ends the training and keeps the gate so far in its file", theme.px(84)))
            frame.send(StopDistillation{});
    } else {
        ImGui::BeginDisabled(!checked.why_not.empty());
        if (button(theme, checked.exists ? "Overwrite and start" : "Start",
                   checked.why_not.empty() ? checked.command.request.out : checked.why_not,
                   checked.exists ? 0 : theme.px(84)))
            start_distillation(frame);
        ImGui::EndDisabled();
    }
    if (!checked.errors.empty() || frame.view.lab.distill.signal == "mask") return;
    ImGui::SameLine(0, theme.px(12));
    const std::string line = distill_command(frame.snapshot, checked.command);
    if (link_button(theme, "Copy as command", line)) copy_line(frame, line);
}

void draw_use(Frame& frame) {
    const DistillRun* run = frame.snapshot.distillation.get();
    if (run == nullptr || run->deployed.empty()) return;
    for (const int slot : {0, 1}) {
        if (slot == 1) ImGui::SameLine();
        if (button(frame.theme, slot == 0 ? "Use as gate A" : "Use as gate B", run->deployed))
            use_gate(frame, slot, run->deployed);
    }
}

// What will happen, or why nothing can.
std::string foot_words(const Frame& frame, const Checked<StartDistillation>& checked) {
    if (distillation_runs(frame.snapshot) && frame.snapshot.distillation != nullptr)
        return distillation_outlook(frame.snapshot, frame.snapshot.distillation->request);
    if (!checked.why_not.empty()) return "Can't start: " + checked.why_not;
    return distillation_outlook(frame.snapshot, checked.command.request);
}

void draw_foot(Frame& frame, const Checked<StartDistillation>& checked) {
    const Theme& theme = frame.theme;
    const bool stuck = !distillation_runs(frame.snapshot) && !checked.why_not.empty();
    small_text(theme, foot_words(frame, checked), stuck ? theme.colours.warning : theme.colours.secondary);
    draw_progress(frame);
    draw_start(frame, checked);
    draw_use(frame);
}

float foot_height(const Frame& frame, const Checked<StartDistillation>& checked) {
    const DistillRun* run = frame.snapshot.distillation.get();
    const float spacing = ImGui::GetStyle().ItemSpacing.y;
    const float words = small_text_height(frame.theme, foot_words(frame, checked));
    const int buttons = run != nullptr && !run->deployed.empty() ? 2 : 1;
    return frame.px(4) + 2 * spacing + words + spacing + (run == nullptr ? 0 : ImGui::GetTextLineHeightWithSpacing()) +
           static_cast<float>(buttons) * ImGui::GetFrameHeightWithSpacing();
}

}  // namespace

void draw_distillation_form(Frame& frame, const Checked<StartDistillation>& checked) {
    const Theme& theme = frame.theme;
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(theme.px(8), theme.px(4)));
    ImGui::BeginChild("##form", {0, -foot_height(frame, checked)}, ImGuiChildFlags_None, ImGuiWindowFlags_NoBackground);
    ImGui::BeginDisabled(distillation_runs(frame.snapshot));
    Form form(theme, std::min(theme.px(116), ImGui::GetContentRegionAvail().x * 0.42F), checked.errors);
    draw_kind(frame, form);
    draw_sizes(frame, form);
    draw_files(frame, form, checked);
    draw_more(frame, form);
    ImGui::EndDisabled();
    ImGui::EndChild();
    ImGui::PopStyleVar();
    draw_foot(frame, checked);
}

}  // namespace gatescope
