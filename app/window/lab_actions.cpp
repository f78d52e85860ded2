#include "app/window/lab_actions.h"

namespace gatescope {

namespace {

bool has_model(const Frame& frame) {
    return frame.snapshot.model != nullptr;
}
bool trains(const Frame& frame) {
    return distillation_runs(frame.snapshot);
}
bool has_trained(const Frame& frame) {
    return frame.snapshot.distillation != nullptr && !frame.snapshot.distillation->deployed.empty();
}
bool has_proposal(const Frame& frame) {
    return frame.snapshot.sensitivity != nullptr && frame.snapshot.sensitivity->proposal.has_value();
}
std::function<bool(const Frame&)> running(const std::string& kind) {
    return [kind](const Frame& frame) { return job_of(frame.snapshot, kind) != nullptr; };
}
std::function<void(Frame&)> stop(const std::string& kind) {
    return [kind](Frame& frame) { stop_job(frame, kind); };
}
std::function<void(Frame&)> use_trained(int slot) {
    return [slot](Frame& frame) { use_gate(frame, slot, frame.snapshot.distillation->deployed); };
}
void measure_heads(Frame& frame) {
    frame.view.lab.sensitivity.each_head = true;
    start_sensitivity(frame);
}

}  // namespace

void choose_training_text(Frame& frame) {
    frame.requests.file = {"Choose a training text",
                           "A UTF-8 text file that gates are trained on",
                           {},
                           frame.view.lab.distill.text,
                           [](const Frame& then, const std::string& path) { then.view.lab.distill.text = path; }};
    frame.requests.dialog = Dialog::kPickFile;
}

void choose_held_out_text(Frame& frame) {
    frame.requests.file = {"Choose a held-out text",
                           "A UTF-8 text file that no gate is trained on",
                           {},
                           frame.view.lab.distill.held_out,
                           [](const Frame& then, const std::string& path) { then.view.lab.distill.held_out = path; }};
    frame.requests.dialog = Dialog::kPickFile;
}

void start_distillation(Frame& frame) {
    Checked<StartDistillation> checked = check_distillation(frame.snapshot, frame.view.lab.distill);
    if (checked.why_not.empty()) frame.send(std::move(checked.command));
}

void measure_gate_gradient(Frame& frame) {
    if (frame.snapshot.model == nullptr || frame.snapshot.weights_only) return;
    frame.send(MeasureGateGradient{check_distillation(frame.snapshot, frame.view.lab.distill).command.request});
}

void start_sweep(Frame& frame) {
    Checked<StartSweep> checked = check_sweep(frame.snapshot, frame.view.lab.sweep);
    if (checked.why_not.empty()) frame.send(std::move(checked.command));
}

void start_sensitivity(Frame& frame) {
    Checked<StartSensitivity> checked = check_sensitivity(frame.snapshot, frame.view.lab.sensitivity);
    if (checked.why_not.empty()) frame.send(std::move(checked.command));
}

void pause_or_resume_distillation(Frame& frame) {
    frame.send(PauseDistillation{!distillation_paused(frame.snapshot)});
}

void stop_job(Frame& frame, const std::string& kind) {
    if (const JobStatus* job = job_of(frame.snapshot, kind)) frame.send(CancelJob{job->id});
}

void use_gate(Frame& frame, int slot, const std::string& syntax) {
    if (syntax.empty()) return;
    if (syntax != "dense") frame.view.last_gate[static_cast<std::size_t>(slot)] = syntax;
    frame.send(SetGate{slot == 0 ? GateSlot::kA : GateSlot::kB, syntax});
    frame.requests.notice = slot == 0 ? "Set as gate A" : "Set as gate B";
}

void copy_line(Frame& frame, const std::string& line) {
    ImGui::SetClipboardText(line.c_str());
    frame.requests.notice = "The command is on the clipboard";
}

std::vector<Action> lab_actions() {
    std::vector<Action> out;
    const auto add = [&](std::string id, std::string label, std::string help, std::function<void(Frame&)> run,
                         std::function<bool(const Frame&)> possible) {
        out.push_back(
            {std::move(id), std::move(label), std::move(help), 0, false, std::move(run), std::move(possible)});
    };
    add("distill-text", "Choose the training text…", "What gates are trained on", choose_training_text, has_model);
    add("distill-held-out", "Choose the held-out text…", "What trained gates are measured on", choose_held_out_text,
        has_model);
    add("distill-start", "Start the distillation", "Trains a gate as the form of Runs says", start_distillation,
        [](const Frame& frame) {
            return !trains(frame) && check_distillation(frame.snapshot, frame.view.lab.distill).why_not.empty();
        });
    add("distill-pause", "Pause or resume the distillation", "", pause_or_resume_distillation, trains);
    add(
        "distill-stop", "Stop the distillation", "Keeps the gate so far",
        [](Frame& frame) { frame.send(StopDistillation{}); }, trains);
    add("distill-a", "Use the trained gate as gate A", "", use_trained(0), has_trained);
    add("distill-b", "Use the trained gate as gate B", "", use_trained(1), has_trained);
    add("gradient", "Measure the gradient through the mask", "Of a hard gate and of its soft sister",
        measure_gate_gradient, has_model);
    add("sweep-start", "Start the sweep", "Or go on with it where it was stopped", start_sweep, [](const Frame& frame) {
        return job_of(frame.snapshot, "sweep") == nullptr &&
               check_sweep(frame.snapshot, frame.view.lab.sweep).why_not.empty();
    });
    add("sweep-stop", "Stop the sweep", "Keeps the points so far", stop("sweep"), running("sweep"));
    const auto can_measure = [](const Frame& frame) {
        return job_of(frame.snapshot, "sensitivity") == nullptr &&
               check_sensitivity(frame.snapshot, frame.view.lab.sensitivity).why_not.empty();
    };
    add("sensitivity-start", "Measure what each layer costs", "Sparsified alone, at every k or rank", start_sensitivity,
        can_measure);
    add("sensitivity-heads", "Measure what each layer and head costs", "Sparsified alone", measure_heads, can_measure);
    add("sensitivity-stop", "Stop measuring layers", "Keeps the costs so far", stop("sensitivity"),
        running("sensitivity"));
    add(
        "budget-b", "Set the proposed budgets by layer as gate B", "",
        [](Frame& frame) { use_gate(frame, 1, print_gate(frame.snapshot.sensitivity->proposal->gate)); }, has_proposal);
    return out;
}

}  // namespace gatescope
