#include "app/engine/conductor.h"

#include <utility>
#include <variant>

#include "analysis/abilities.h"
#include "app/engine/guard.h"
#include "app/engine/worker_thread.h"

namespace gatescope {
namespace {

// The sample where nothing is named; a gate that can't be read is left out when its slot is set.
Settings first_settings(Settings settings) {
    if (settings.model_path.empty()) settings.model_path = "sample";
    if (settings.text_path.empty()) settings.text_path = "sample";
    settings.gate_a = settings.gate_b = "dense";
    return settings;
}

DeviceWish wish_of(const Settings& settings) {
    return {settings.device, settings.dtype, engine_threads(), settings.window_length};
}

}  // namespace

std::string gate_syntax(const GateSpec& gate) {
    return gate.dense() ? "dense" : print_gate(gate);
}

Conductor::Conductor(const Settings& initial, std::function<void()> wake, MemoryProbe probe)
    : board_(first_settings(initial), std::move(wake)),
      probe_(std::move(probe)),
      opener_([this] { list_jobs(); }, yield_to_the_window),
      worker_([this] { list_jobs(); }, yield_to_the_window),
      runs_(board_, worker_, opener_, turns_, task_maker()),
      experiments_(board_, worker_, opener_, turns_, task_maker()),
      proposals_(board_, worker_, opener_, task_maker()) {
    const Settings settings = board_.latest()->settings;
    wishes_.text.path = settings.text_path;
    handle(SetGate{GateSlot::kA, initial.gate_a});
    handle(SetGate{GateSlot::kB, initial.gate_b});
    const bool elsewhere = opens_elsewhere(settings.model_path);
    Opening opening{.path = elsewhere ? "sample" : settings.model_path, .wish = wish_of(settings)};
    opening.first = true;
    open(std::move(opening));
}

// Jobs of one queue send jobs to the other, so both stop before either goes. The opener writes what the end of the
// worker's jobs leaves behind.
Conductor::~Conductor() {
    worker_.stop();
    end_training_now();
    runs_.end();
    experiments_.end();
    opener_.stop();
    end_survey_now();
}

void Conductor::handle(const Command& command) {
    const auto outcome = guarded("The command", [&] {
        std::visit([this](const auto& alternative) { on(alternative); }, command);
        return true;
    });
    if (!outcome) board_.say(Severity::kError, outcome.error().message);
}

MakeTask Conductor::task_maker() {
    return [this](const std::string& kind, JobPriority priority, const std::string& title, const std::string& unit) {
        return task(kind, priority, title, unit);
    };
}

JobTask Conductor::task(const std::string& kind, JobPriority priority, const std::string& title,
                        const std::string& unit) {
    JobTask out;
    out.id = next_job_++;
    out.kind = kind;
    out.priority = priority;
    out.title = title;
    out.unit = unit;
    out.ended = [this](const tl::expected<void, Error>& outcome) { report(outcome); };
    return out;
}

// A cancelled job needs no message: its line went from the status bar because somebody wanted that.
void Conductor::report(const tl::expected<void, Error>& outcome) {
    if (!outcome && !outcome.error().cancelled) board_.say(Severity::kError, outcome.error().message);
}

Failure Conductor::nothing_to_run() const {
    const auto now = board_.latest();
    if (now->model && now->weights_only)
        return {FailureKind::kUsage, "is open without its weights, so that no text runs on it", now->model->name,
                "load its weights first"};
    return {FailureKind::kUsage, "nothing is measured yet", {}, "open a model and a text first"};
}

void Conductor::require_weights() const {
    if (board_.latest()->weights_only) throw nothing_to_run();
}

void Conductor::list_jobs() {
    board_.change([this](Snapshot& snapshot) {
        snapshot.jobs.clear();
        for (const JobQueue* queue : {&worker_, &opener_})
            for (const QueuedJob& job : queue->jobs())
                if (job.listed || job.context->progress().total > 0)
                    snapshot.jobs.push_back({job.id, job.context, true, job.kind});
    });
}

void Conductor::on(const OpenModel& command) {
    if (opens_elsewhere(command.path)) return;
    Opening opening{.path = command.path, .wish = wish_of(board_.latest()->settings)};
    if (!command.dtype.empty()) opening.wish.dtype = command.dtype;
    opening.new_windows = command.window_length > 0;
    if (opening.new_windows) opening.wish.window_length = command.window_length;
    opening.weights_only = command.weights_only;
    opening.close_first = command.close_first;
    open(std::move(opening));
}

void Conductor::on(const SetDevice& command) {
    const Settings settings = board_.latest()->settings;
    Opening opening{.path = settings.model_path, .wish = wish_of(settings)};
    opening.wish.device = command.device;
    opening.wish.dtype = command.dtype;
    open(std::move(opening));
}

void Conductor::on(const OpenText& command) {
    require_weights();
    wishes([&](Wishes& wishes) { wishes.text = {command.path, {}}; });
    read_text();
}

void Conductor::on(const UseText& command) {
    require_weights();
    wishes([&](Wishes& wishes) { wishes.text = {{}, std::make_shared<const UseText>(command)}; });
    read_text();
}

void Conductor::on(const SetWindows& command) {
    if (command.window_length < 2)
        throw Failure(FailureKind::kUsage, "a window of " + std::to_string(command.window_length) + " tokens", {},
                      "the least is 2");
    if (command.windows < 0) throw Failure(FailureKind::kUsage, "fewer than no windows", {}, "0 means all");
    board_.change([&](Snapshot& snapshot) {
        snapshot.settings.window_length = command.window_length;
        snapshot.settings.windows = command.windows;
    });
    read_text();
}

void Conductor::on(const SetGate& command) {
    // The next start may be in another folder.
    const GateSpec gate = with_whole_paths(parse_gate(command.gate.empty() ? "dense" : command.gate));
    const auto model = board_.latest()->model;
    if (model && !gate.dense()) check_gates({gate}, model->config);
    const std::string syntax = gate_syntax(gate);
    bool changed = false;
    board_.change([&](Snapshot& snapshot) {
        std::string& slot = command.slot == GateSlot::kA ? snapshot.settings.gate_a : snapshot.settings.gate_b;
        changed = slot != syntax;
        slot = syntax;
    });
    if (!changed) return;
    worker_.cancel_kind("keys");  // of the gates that were shown; the map that comes asks again
    measure();
    show_head();
}

void Conductor::on(const SwapGates&) {
    board_.change([](Snapshot& snapshot) { std::swap(snapshot.settings.gate_a, snapshot.settings.gate_b); });
    measure();
    show_head();
}

void Conductor::on(const ShowHead& command) {
    wishes([&](Wishes& wishes) { wishes.head = command; });
    if (board_.latest()->capture)
        show_stored_head();
    else
        show_head();
}

void Conductor::on(const ExportCapture& command) {
    require_weights();
    if (command.patterns || command.masks)
        export_anew(command);
    else
        export_shown(command);
}

void Conductor::on(const CancelJob& command) {
    if (runs_.stop_job(command.job) || experiments_.stop_job(command.job)) return;
    if (!worker_.cancel(command.job)) opener_.cancel(command.job);
    checkpoint_shown();  // what it took to show one may have been that very job
}

// Takes up whatever is missing: the model, the text, or the rest of the windows.
void Conductor::on(const Remeasure&) {
    require_weights();
    const auto [model, text] = wishes([](Wishes& wishes) { return std::pair(wishes.model, wishes.text); });
    if (!model)
        on(OpenModel{board_.latest()->settings.model_path});
    else if (!board_.latest()->run)
        read_text();
    else
        measure();
}

void Conductor::on(const DismissMessage& command) {
    board_.dismiss(command.message);
}

}  // namespace gatescope
